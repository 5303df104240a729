package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ForetokenException;

/** A request for a variant that is not loaded. Told once; never with a lock held. */
interface LoadWaiter {

    /** How many of the places in the line it takes. */
    int sequences();

    /** The variant can be asked now. */
    void loaded(ServedModel model);

    void fail(ForetokenException why);
}
