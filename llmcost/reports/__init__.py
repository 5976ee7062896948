"""Results out: ``views`` are what is said, ``formats`` how it is written; ``numbers`` is the only place that rounds."""
