package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * One deployment per topology for all test classes of a run that leave it as they found it: starting processes is what takes time here. It is
 * stopped when the run ends.
 */
public final class SharedDeployments implements ArgumentsProvider {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SharedDeployments.class);

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
        return Stream.of(Topology.values())
                .map(topology -> store.computeIfAbsent(topology, SharedDeployments::start, Deployment.class))
                .map(Arguments::of);
    }

    private static Deployment start(Topology topology) {
        try {
            Path folder = Files.createTempDirectory("foretoken-e2e-");
            return topology.start(Models.all(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
