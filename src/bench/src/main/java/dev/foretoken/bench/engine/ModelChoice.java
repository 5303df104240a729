package dev.foretoken.bench.engine;

import dev.foretoken.scheduler.prefill.StepTimes;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says which model a command has an engine of its own for. */
public final class ModelChoice {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|random:SHAPE",
            description = "Checkpoint folder, or random weights of a named shape in memory.")
    private String location = "";

    /** As it was given. */
    public String location() {
        return location;
    }

    /**
     * Loads the model, with a progress bar, for {@code sequences} at once.
     *
     * @throws ParameterException where there is no such model, or not as {@code runtime} says
     */
    public LocalEngine open(RuntimeChoice runtime, int sequences) {
        return open(runtime, sequences, StepTimes.IGNORED);
    }

    /** The same; {@code steps} is told what every step took, on the thread of the engine's loop. */
    public LocalEngine open(RuntimeChoice runtime, int sequences, StepTimes steps) {
        try {
            return LocalEngine.open(location, runtime, sequences, steps);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
