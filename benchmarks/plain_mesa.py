"""The core of the model, level M0 and trust, as a Mesa user would write it: for comparison only.

Young people differ in how often they cause incidents, remember good and bad experience with six services, hear of
their friends', and cause fewer incidents where they trust more. There are no programmes, services at work, residents or
records, and luck is Mesa's own generator. Per person and week: 3 draws, 2 exponentials, 12 memories that fade, 6
divisions, and some 8 friends asked.
"""

import math

import mesa

SERVICES, MEETS, KEEPS, TELLS = 6, 0.01, 0.99, 0.2


class Youth(mesa.Agent):
    """A young person with friends."""

    def __init__(self, model):
        super().__init__(model)
        self.friends: list[Youth] = []
        self.good = [0.0] * SERVICES
        self.bad = [0.0] * SERVICES
        self.was_met = False
        self.trust, self.spell = 0.5, 0.0
        self.log_rate = model.random.gauss(-4.0, 0.8)
        self.incidents = 0

    def meet(self):
        self.was_met = self.random.random() < MEETS

    def remember(self):
        heard = sum(friend.was_met for friend in self.friends)
        for service in range(SERVICES):
            self.good[service] *= KEEPS
            self.bad[service] *= KEEPS
        self.bad[0] += 2.0 * (self.was_met + TELLS * heard)
        trusts = [(2.0 + good) / (4.0 + good + bad) for good, bad in zip(self.good, self.bad, strict=True)]
        self.trust = sum(trusts) / SERVICES

    def act(self):
        self.spell = 0.9 * self.spell + 0.2 * self.random.gauss(0.0, 1.0)
        mean = math.exp(self.log_rate + self.spell - 0.5 * (self.trust - 0.5))
        chance, u, self.incidents = math.exp(-mean), self.random.random(), 0
        reached = chance
        while u >= reached:
            self.incidents += 1
            chance *= mean / self.incidents
            reached += chance
        self.model.incidents += self.incidents


class Town(mesa.Model):
    """Young people in groups of eight, a quarter of ties rewired."""

    def __init__(self, people, seed):
        super().__init__(rng=seed)
        self.incidents = 0
        youths = [Youth(self) for _ in range(people)]
        for n, one in enumerate(youths):
            for other in youths[n + 1 : (n // 8 + 1) * 8]:
                friend = self.random.choice(youths) if self.random.random() < 0.25 else other
                if friend is not one:
                    one.friends.append(friend)
                    friend.friends.append(one)

    def step(self):
        self.incidents = 0
        self.agents.do("meet")
        self.agents.do("remember")
        self.agents.shuffle_do("act")
