"""What a seller's API charges: ``quote`` prices every part, ``builder`` adds it up, ``notes`` say what to know.

``overlap`` bounds what counts leave open.
"""
