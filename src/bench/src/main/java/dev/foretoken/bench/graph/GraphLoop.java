package dev.foretoken.bench.graph;

/** One way to run a graph again and again. */
interface GraphLoop extends AutoCloseable {

    String name();

    /** Hands the inputs over, runs, and has the outputs in host memory. */
    void run();

    /** Ends what is still under way when the turn of another begins. */
    default void settle() {}

    @Override
    void close();
}
