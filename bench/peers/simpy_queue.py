"""The plain queue in SimPy, as processes or as callbacks: whichever version is installed, 4 or the archive's 2.3.

Usage: simpy_queue.py processes|callbacks CUSTOMERS
"""
import collections
import json
import random
import sys
import time

AGENTS, ARRIVALS = 100, 95.0
exponential = random.Random(1).expovariate


class Counts:
    arrived = served = left = waited = 0
    waiting = 0.0


def processes(simpy, customers):
    """One process per customer, who asks for an agent and leaves when his patience is over: SimPy's own manner."""
    env = simpy.Environment()
    agents = simpy.Resource(env, AGENTS)
    counts = Counts()

    def customer():
        with agents.request() as turn:
            if not turn.triggered:
                counts.waited += 1
                since = env.now
                yield turn | env.timeout(exponential(1))
                counts.waiting += env.now - since
                if not turn.triggered:
                    counts.left += 1
                    return
            yield env.timeout(exponential(1))
        counts.served += 1

    def arrivals():
        while counts.arrived < customers:
            yield env.timeout(exponential(ARRIVALS))
            counts.arrived += 1
            env.process(customer())

    env.process(arrivals())
    return counts, env.run


def callbacks(simpy, customers):
    """Nothing but timeouts with a callback and a line of our own: the fastest manner of the same environment."""
    env = simpy.Environment()
    counts, line, busy = Counts(), collections.deque(), 0

    def after(mean_rate, then, value=None):
        env.timeout(exponential(mean_rate), value).callbacks.append(then)

    def arrive(_):
        nonlocal busy
        counts.arrived += 1
        if counts.arrived < customers:
            after(ARRIVALS, arrive)
        if busy < AGENTS:
            busy += 1
            after(1, finish)
        else:
            counts.waited += 1
            customer = [env.now, True]
            line.append(customer)
            after(1, leave, customer)

    def finish(_):
        nonlocal busy
        counts.served += 1
        while line:
            customer = line.popleft()
            if customer[1]:
                customer[1] = False
                counts.waiting += env.now - customer[0]
                after(1, finish)
                return
        busy -= 1

    def leave(event):
        customer = event.value
        if customer[1]:
            customer[1] = False
            counts.left += 1
            counts.waiting += env.now - customer[0]

    after(ARRIVALS, arrive)
    return counts, env.run


def processes_of_2_3(simulation, customers):
    """The same processes in the words of SimPy 2.3, which has no callbacks."""
    model = simulation.Simulation()
    agents = simulation.Resource(capacity=AGENTS, sim=model)
    counts = Counts()

    class Customer(simulation.Process):
        def live(self):
            since = model.now()
            waits = agents.n == 0
            counts.waited += waits
            yield (simulation.request, self, agents), (simulation.hold, self, exponential(1))
            counts.waiting += model.now() - since
            if not self.acquired(agents):
                counts.left += 1
                return
            yield simulation.hold, self, exponential(1)
            yield simulation.release, self, agents
            counts.served += 1

    class Arrivals(simulation.Process):
        def live(self):
            while counts.arrived < customers:
                yield simulation.hold, self, exponential(ARRIVALS)
                counts.arrived += 1
                one = Customer(sim=model)
                model.activate(one, one.live())

    source = Arrivals(sim=model)
    model.activate(source, source.live())
    return counts, lambda: model.simulate(until=1e18)


def main():
    manner, customers = sys.argv[1], int(sys.argv[2])
    try:
        import simpy
        version = simpy.__version__
        counts, run = {"processes": processes, "callbacks": callbacks}[manner](simpy, customers)
    except ImportError:
        import SimPy
        import SimPy.Simulation
        version = SimPy.__version__
        if manner != "processes":
            sys.exit("SimPy %s has no callbacks" % version)
        counts, run = processes_of_2_3(SimPy.Simulation, customers)
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    events = counts.arrived + counts.served + counts.left
    print(json.dumps({
        "version": version,
        "events": events,
        "ns_per_event": round(seconds / events * 1e9, 2),
        "waited_share": counts.waited / counts.arrived,
        "abandoned_share": counts.left / counts.arrived,
        "queue_wait": counts.waiting / counts.arrived,
    }))


main()
