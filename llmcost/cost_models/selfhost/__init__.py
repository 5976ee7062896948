"""Self-hosting: whether weights fit, how fast they run, how many replicas a workload needs, and what that costs.

``memory`` says what fits, ``roofline`` estimates speed, ``interpolation`` reads measured curves, ``throughput`` chooses
the best evidence, ``sizing`` turns demand into a fleet, ``owned`` bills hardware that is bought, ``offers`` quotes.
"""
