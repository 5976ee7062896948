"""The domain: values, prices, workloads, offers, quotes, and what is asked of them.

Pure and standard library only: no files, no network, no clock, no printing. Each folder imports only those before it:
``values``, ``pricing``, ``workload``, ``offers``, ``quotes``, ``analysis``. Read ``values.meters``, ``workload.usage``,
``pricing.rating``, ``offers.catalogue``, ``workload.requests``, ``quotes.quote`` and ``quotes.comparison`` first.
"""
