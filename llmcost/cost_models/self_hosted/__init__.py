"""Self-hosting: whether weights fit, how fast they run, how many replicas a workload needs, and what that costs.

``memory`` says what fits, ``roofline`` estimates speed, ``speculation`` how guesses change it, ``curves`` reads what
was measured, ``throughput`` chooses the best evidence (``query`` asks by names), ``sizing`` turns ``demand`` into a
fleet, ``scaling`` and ``home`` are other ways to have one, ``bill`` prices hardware, ``quote`` puts it together.
"""
