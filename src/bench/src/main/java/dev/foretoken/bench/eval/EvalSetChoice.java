package dev.foretoken.bench.eval;

import dev.foretoken.registry.measure.EvalSet;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which evaluation set a command uses. */
public final class EvalSetChoice {
    @Option(
            names = "--set",
            paramLabel = "DIR",
            defaultValue = "${sys:foretoken.home:-.}/src/models/demo/eval",
            description = "Folder of the evaluation set (default: that of the demo model).")
    private Path set = Path.of("");

    /** @throws IOException with a sentence that names the option */
    public EvalSet read() throws IOException {
        try {
            return EvalSet.read(set);
        } catch (IOException e) {
            throw new IOException("--set=" + set + ": " + e.getMessage(), e);
        }
    }
}
