"""The simulator: the production services in a world that goes wrong on purpose, again and again, from a seed.

    story       what happens outside: orders, refunds, people, phones, new rules
    world       one house over stores in memory, with senders, queues, the stream, wallets and people around it
    scheduler   virtual time; every handler stops at each call of a port, where it may be delayed, failed or killed
    oracle      what must be true when everything has come to rest
    shrinking   the smallest story that still goes wrong

The same seed always makes the same run.
"""
