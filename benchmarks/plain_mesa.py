"""The core of the week as somebody would write it in Mesa who thinks of agents first: for comparison only.

Young people remember good and bad experience with six services, hear of their friends', are inclined as their friends
are, are stopped, and cause incidents; residents hear of some and talk. There are no programmes, services at work, or
records, and luck is Mesa's own generator. Per person and week: 3 draws, 2 exponentials, 12 memories that fade, 6
divisions, and some 8 friends asked twice.
"""

import math

import mesa

SERVICES = 6
STOPS, SEEN = 0.01, 0.2


class Youth(mesa.Agent):
    """A young person with friends."""

    def __init__(self, model, group):
        super().__init__(model)
        self.group = group
        self.friends: list[Youth] = []
        self.good = [0.0] * SERVICES
        self.bad = [0.0] * SERVICES
        self.news: list[tuple[int, float, float]] = []
        self.trust = 0.5
        self.inclination = self.next_inclination = self.spell = 0.0
        self.log_rate = model.random.gauss(-4.0, 0.8)
        self.incidents = 0

    def be_stopped(self):
        if self.random.random() < STOPS:
            self.news.append((0, 0.0, 1.0))

    def remember(self):
        heard = [news for friend in self.friends for news in friend.news]
        for service in range(SERVICES):
            self.good[service] *= 0.99
            self.bad[service] *= 0.99
        for told, weight in ((self.news, 1.0), (heard, 0.2)):
            for service, good, bad in told:
                self.good[service] += weight * good
                self.bad[service] += weight * 2.0 * bad
        trusts = [(2.0 + good) / (4.0 + good + bad) for good, bad in zip(self.good, self.bad, strict=True)]
        self.trust = sum(trusts) / SERVICES

    def feel_friends(self):
        if self.friends:
            mean = sum(friend.inclination for friend in self.friends) / len(self.friends)
            self.next_inclination = 0.98 * self.inclination + 0.02 * (mean - self.inclination)

    def act(self):
        self.news.clear()
        self.inclination = self.next_inclination
        self.spell = 0.9 * self.spell + 0.2 * self.random.gauss(0.0, 1.0)
        mean = math.exp(self.log_rate + self.spell + self.inclination - 0.5 * (self.trust - 0.5))
        chance, u, self.incidents = math.exp(-mean), self.random.random(), 0
        reached = chance
        while u >= reached:
            self.incidents += 1
            chance *= mean / self.incidents
            reached += chance
        self.model.incidents += self.incidents


class Neighbour(mesa.Agent):
    """A resident with neighbours."""

    def __init__(self, model):
        super().__init__(model)
        self.neighbours: list[Neighbour] = []
        self.fear, self.known = 0.3, 0

    def hear(self):
        self.known = int(self.random.random() < SEEN * min(self.model.incidents / len(self.model.youths), 1.0))

    def talk(self):
        told = sum(neighbour.known for neighbour in self.neighbours)
        self.fear += 0.05 * (min(self.known + 0.2 * told, 1.0) - self.fear)


class Town(mesa.Model):
    """Young people in groups of eight, a quarter of ties rewired, and residents on a ring, half as many."""

    def __init__(self, people, seed):
        super().__init__(rng=seed)
        self.incidents = 0
        self.youths = [Youth(self, n // 8) for n in range(people)]
        for n, one in enumerate(self.youths):
            for other in self.youths[n + 1 : (n // 8 + 1) * 8]:
                friend = self.random.choice(self.youths) if self.random.random() < 0.25 else other
                if friend is not one:
                    one.friends.append(friend)
                    friend.friends.append(one)
        residents = [Neighbour(self) for _ in range(people // 2)]
        for n, one in enumerate(residents):
            one.neighbours = [residents[(n + step) % len(residents)] for step in (-3, -2, -1, 1, 2, 3)]

    def step(self):
        self.incidents = 0
        youths, residents = self.agents_by_type[Youth], self.agents_by_type[Neighbour]
        for deed in ("be_stopped", "remember", "feel_friends"):
            youths.do(deed)
        youths.shuffle_do("act")
        residents.do("hear")
        residents.do("talk")
