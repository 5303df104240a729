package dev.foretoken.bench.graph;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.foretoken.bench.process.WorkFolder;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares a bare loop with this project's sessions and with requests to its engine. */
@Command(
        name = "graph",
        mixinStandardHelpOptions = true,
        description =
                "Measures what a run of an exported graph costs beyond ONNX Runtime: a bare loop, both interfaces and the whole platform in turns.")
public final class GraphCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "FILE", description = "ONNX file (default: a chain of products).")
    private @Nullable Path model;

    @Option(
            names = "--size",
            paramLabel = "NAME=N",
            description = "Size of a named dimension of the inputs; those that are not named here are 1.")
    private Map<String, Long> sizes = new LinkedHashMap<>();

    @Option(
            names = "--width",
            defaultValue = "512",
            description = "Of the chain's matrices (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--layers", defaultValue = "24", description = "Matrices of the chain (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--threads", defaultValue = "1", description = "Threads of a run (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--gpu",
            paramLabel = "N",
            description = "GPU that computes, in builds with the Maven profile cuda (default: the CPU).")
    private @Nullable Integer gpu;

    @Option(names = "--rounds", defaultValue = "9", description = "Turns of each loop (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "1", description = "Of each turn (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, OrtException {
        Provenance provenance = result.provenance(spec);
        try (WorkFolder folder = WorkFolder.make()) {
            Path made = folder.path().resolve("products.onnx");
            Path file = model == null ? new ProductChain(width, layers).write(made) : model;
            String name = model == null ? "%d products of width %d".formatted(layers, width) : model.toString();
            GraphReport report = new GraphReport(GraphReport.SCHEMA, provenance, name, threads, measure(file));
            result.show(
                    spec,
                    provenance.machine().sentence() + "\n" + report.table().render(),
                    report);
            return 0;
        }
    }

    private List<GraphReport.Measured> measure(Path file) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        DeviceSpec device =
                gpu == null ? DeviceSpec.cpu(threads) : new DeviceSpec(DeviceSpec.Kind.CUDA, gpu, threads, CpuList.ANY);
        boolean onCpu = device.kind() == DeviceSpec.Kind.CPU;
        List<GraphLoop> loops = new ArrayList<>();
        try (Arena arena = Arena.ofShared();
                CApiSessionFactory c = new CApiSessionFactory(environment, threads);
                GraphSession session = c.open(file, device, SessionOptions.DEFAULT);
                GraphSession java = onCpu
                        ? new JavaSessionFactory(environment, threads).open(file, device, SessionOptions.DEFAULT)
                        : null) {
            try {
                List<Feed> feeds = Feed.of(session.inputs(), sizes, arena);
                loops.add(BareLoop.open(environment, file, device, feeds));
                if (java != null) {
                    loops.add(new SessionLoop("Java interface", java, feeds, arena));
                }
                loops.add(new SessionLoop("C interface", session, feeds, arena));
                loops.add(PlatformLoop.open(file, device, feeds, 1));
                loops.add(PlatformLoop.open(file, device, feeds, 2));
                return new RoundRobin(loops, rounds).measure((long) (seconds * 1e9));
            } finally {
                loops.forEach(GraphLoop::close);
            }
        }
    }
}
