package dev.foretoken.contract.runtime;

/** Told how far a build has come, and asked whether it should go on. Called from the build's thread, often; must return fast. */
public interface BuildWatch {

    /** {@code stage}: a short verb phrase such as "quantizing block 3"; {@code done} of {@code total} in units of the stage. */
    void progress(String stage, long done, long total);

    /** A line of the build's log, without a line break. */
    void log(String line);

    /** Once true, the build ends with CANCELLED at its next stop; what is finished stays in the scratch folder. */
    boolean cancelled();
}
