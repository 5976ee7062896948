"""Self-hosting: how many replicas a workload needs, and what that costs.

``speed`` says whether weights fit and how fast they run (``query`` asks by names), ``sizing`` turns ``demand`` into
replicas for the ``peak``, ``scaling`` and ``home`` are other ways to have them, ``choose`` settles what an offer leaves
open, ``bill`` prices hardware, ``quote`` puts it together.
"""
