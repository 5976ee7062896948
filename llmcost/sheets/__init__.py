"""Price sheets in.

``read`` takes a file through ``schema`` and ``checks``; ``snapshot`` keeps it compiled; ``build`` makes the
core's types of it; ``load`` finds the sheets and makes one catalogue.
"""
