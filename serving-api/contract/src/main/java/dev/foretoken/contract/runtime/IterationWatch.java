package dev.foretoken.contract.runtime;

/** Is asked by a run of many iterations, between them and on the run's thread, whether it may go on. */
@FunctionalInterface
public interface IterationWatch {

    /** Lets every run go on. */
    IterationWatch NONE = keptBytes -> {};

    /**
     * An iteration is over and another is to begin. May wait while others use the device.
     *
     * @param keptBytes of the outputs that the run keeps for its answer until now, and of its state
     * @throws dev.foretoken.contract.ForetokenException ends the run and is what the run throws; the runtime can run again
     */
    void next(long keptBytes);
}
