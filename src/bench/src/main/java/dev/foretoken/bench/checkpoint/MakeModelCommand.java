package dev.foretoken.bench.checkpoint;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a checkpoint with random weights. */
@Command(
        name = "make-model",
        mixinStandardHelpOptions = true,
        description = "Writes a checkpoint with random weights in Hugging Face's layout, for measuring speed.")
public final class MakeModelCommand implements Callable<Integer> {
    private static final String BASE = "base";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "SHAPE",
            completionCandidates = ShapeNames.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String shape = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "Folder to write; an existing checkpoint is replaced.")
    private Path folder = Path.of("");

    @Option(names = "--type", defaultValue = "BF16", description = "BF16, F16 or F32 (default: ${DEFAULT-VALUE}).")
    private String type = "BF16";

    @Option(names = "--seed", defaultValue = "1", description = "Decides every weight (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", description = "Threads that make weights (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--context", paramLabel = "N", description = "Positions it takes (default: those of the shape).")
    private int context;

    @Option(
            names = "--layer-pruned",
            paramLabel = "SHARE",
            description =
                    "Write the checkpoint to DIR/base, and to DIR a prediction from this share of its layers through random maps.")
    private @Nullable Double share;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CheckpointFolder checkpoint = checkpoint();
        long total = checkpoint.weightBytes();
        requireRoom(total);
        try (ProgressBar bar = ProgressBar.onStandardError("make-model " + shape)) {
            checkpoint.write(
                    share == null ? folder : folder.resolve(BASE),
                    seed,
                    threads,
                    done -> bar.update(done, total, mebibytes(done)));
        }
        if (share != null) {
            UnfittedPrediction.write(folder, BASE, CheckpointShape.named(shape).layers(), share);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("wrote %s (%s, %s of weights) to %s".formatted(shape, type, mebibytes(total), folder));
        out.flush();
        return 0;
    }

    private CheckpointFolder checkpoint() {
        if (context < 0) {
            throw new ParameterException(spec.commandLine(), "--context %d; expected at least 1".formatted(context));
        }
        try {
            return CheckpointFolder.of(shape, type, context);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void requireRoom(long bytes) throws IOException {
        Files.createDirectories(folder);
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < bytes) {
            throw new IOException("%s has room for %s, but the weights take %s; choose another folder or shape"
                    .formatted(folder, mebibytes(room), mebibytes(bytes)));
        }
    }

    private static String mebibytes(long bytes) {
        return Format.count(bytes >> 20) + " MiB";
    }

    /** The names picocli lists in the help. */
    static final class ShapeNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return CheckpointShape.NAMED.stream().map(CheckpointShape::name).iterator();
        }
    }
}
