package dev.foretoken.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options every measuring command has: where the result goes and what to note beside it. */
public final class ResultOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the result as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Kept in the JSON: version of the server, digest of the model, ...")
    private Map<String, String> labels = new LinkedHashMap<>();

    public Provenance provenance(CommandSpec command) {
        return provenance(command.commandLine().getParseResult().originalArgs());
    }

    /** For commands whose arguments may hold a secret and must be cleaned first. */
    public Provenance provenance(List<String> arguments) {
        return Provenance.now(arguments, labels);
    }

    /** Prints {@code text}, and writes the result where it was asked for, or nowhere. Says so where the file names no commit. */
    public void show(CommandSpec command, String text, Record result) throws IOException {
        PrintWriter out = command.commandLine().getOut();
        out.print(text);
        out.flush();
        if (json != null) {
            JsonFile.write(json, result);
            warnOfUnknownCode(command.commandLine().getErr(), json);
        }
    }

    private static void warnOfUnknownCode(PrintWriter err, Path written) {
        if (Checkout.commit().equals(Checkout.UNKNOWN)) {
            err.println(written + " does not say which commit was measured: the tool lies outside of its checkout;"
                    + " name it with --label commit=...");
            err.flush();
        }
    }
}
