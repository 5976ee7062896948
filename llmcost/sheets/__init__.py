"""Price sheets in.

``kinds`` lists the kinds of sheets; each has a folder with its shape (``schema``), what must hold (``checks``) and how
it becomes the core's types (``build``). ``read`` takes a file through them; ``snapshot`` has it compiled and ``cache``
keeps that; ``load`` finds the sheets and makes one catalogue.
"""
