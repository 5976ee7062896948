"""Self-hosting: whether weights fit, how fast they run, how many replicas a workload needs, and what that costs.

``memory`` says what fits, ``roofline`` estimates speed, ``curves`` reads measured speed, ``throughput`` chooses the
best evidence, ``sizing`` turns ``demand`` into a fleet, ``bill`` prices hardware, ``quote`` puts it together.
"""
