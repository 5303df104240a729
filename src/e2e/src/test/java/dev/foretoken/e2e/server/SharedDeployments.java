package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * One deployment per topology for all test classes of a test process that leave it as they found it: starting processes is what takes time here.
 * It is stopped when the test process ends.
 */
public final class SharedDeployments implements ArgumentsProvider {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SharedDeployments.class);

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        return deployments(context).map(Arguments::of);
    }

    /** All topologies at once, for tests that compare them. */
    public static final class Together implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Stream.of(Arguments.of(deployments(context).toArray()));
        }
    }

    private static Stream<Deployment> deployments(ExtensionContext context) {
        // Of the session: where classes are divided among processes, each class is an execution with a root of its own.
        ExtensionContext.Store store = context.getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE);
        return Stream.of(Topology.values())
                .map(topology -> store.computeIfAbsent(topology, SharedDeployments::start, Shared.class))
                .map(Shared::deployment);
    }

    /** A deployment and the folder with what was made for it. */
    private record Shared(Deployment deployment, Path folder) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            deployment.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Shared start(Topology topology) {
        try {
            Path folder = Files.createTempDirectory("foretoken-e2e-");
            return new Shared(topology.start(Models.all(folder)), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
