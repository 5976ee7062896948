"""A class of requests at an offer: counted by its model's rules, cut where its tiers begin, unrolled, and cached.

``expand`` is the story; ``media``, ``turns`` and ``caching`` are its chapters, ``parts`` what they hand on.
"""
