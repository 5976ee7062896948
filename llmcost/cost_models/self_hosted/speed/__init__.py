"""How fast a replica of open weights answers: what was measured, and the calibrated model.

``shape`` and ``memory`` say what fits, ``roofline`` estimates speed, ``speculation`` how guesses change it, ``curves``
reads what was measured of a ``setup``, ``throughput`` chooses the best evidence; ``disaggregation`` is only measured.
"""
