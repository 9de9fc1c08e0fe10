"""The same core as `benchmarks.plain_mesa`, in Starsim: the fastest maintained peer in Python that installs beside us.

States are columns, ties are an edge list, luck is Starsim's own common random numbers. `uv run --with starsim python
-m benchmarks --only faces` measures it; without Starsim its line is left out.
"""

import numpy as np
import starsim as ss

from benchmarks.plain_mesa import KEEPS, MEETS, SERVICES, TELLS


class Friends(ss.Network):
    """Groups of eight, a quarter of ties rewired."""

    def init_post(self):
        super().init_post()
        luck, people = np.random.default_rng(1), np.arange(len(self.sim.people))
        one, step = np.repeat(people, 7), np.tile(np.arange(1, 8), len(people))
        other = np.minimum(one + step, len(people) - 1)
        kept = (one // 8 == other // 8) & (one != other)
        one, other = one[kept], other[kept]
        other = np.where(luck.random(len(one)) < 0.25, luck.integers(0, len(people), len(one)), other)
        self.append(p1=ss.uids(one), p2=ss.uids(other), beta=np.ones(len(one)))

    def step(self):
        pass  # the same ties throughout


class Youths(ss.Module):
    """What young people remember, and the incidents they cause."""

    def __init__(self):
        super().__init__()
        self.define_states(
            *[ss.FloatArr(f"{what}_{service}", default=0.0) for what in ("good", "bad") for service in range(SERVICES)],
            ss.FloatArr("trust", default=0.5),
            ss.FloatArr("spell", default=0.0),
            ss.FloatArr("log_rate", default=ss.normal(-4.0, 0.8)),
            ss.FloatArr("incidents", default=0.0),
        )
        self.meets, self.shock, self.luck = ss.bernoulli(p=MEETS), ss.normal(0.0, 1.0), ss.random()

    def step(self):
        everybody, ties = self.sim.people.auids, self.sim.networks[0].edges
        met = np.zeros(len(everybody))
        met[self.meets.filter()] = 1.0
        heard = np.bincount(ties.p1, met[ties.p2], len(met)) + np.bincount(ties.p2, met[ties.p1], len(met))
        total = 0.0
        for service in range(SERVICES):
            good, bad = getattr(self, f"good_{service}"), getattr(self, f"bad_{service}")
            good[:] = good * KEEPS
            bad[:] = bad * KEEPS
            if service == 0:
                bad[:] = bad + 2.0 * (met + TELLS * heard)
            total = total + (2.0 + good) / (4.0 + good + bad)
        self.trust[:] = total / SERVICES
        self.spell[:] = 0.9 * self.spell + 0.2 * self.shock.rvs(everybody)
        mean = np.asarray(np.exp(self.log_rate + self.spell - 0.5 * (self.trust - 0.5)))
        u, number, chance = self.luck.rvs(everybody), 0, np.exp(-mean)  # its own Poisson draws take twice all the rest
        reached, found = chance, np.zeros(len(mean))
        while (more := u >= reached).any():
            number += 1
            found += more
            chance = chance * mean / number
            reached = reached + chance
        self.incidents[:] = found


def town(people: int, weeks: int, seed: int) -> ss.Sim:
    """A simulation of so many people and weeks, ready to run."""
    sim = ss.Sim(
        people=ss.People(people), networks=Friends(), modules=Youths(), start=0, dur=weeks, dt=1, rand_seed=seed,
        verbose=0,
    )  # fmt: skip
    sim.init()
    return sim
