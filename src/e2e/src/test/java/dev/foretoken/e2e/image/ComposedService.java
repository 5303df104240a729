package dev.foretoken.e2e.image;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import dev.foretoken.e2e.compose.ComposeFile;
import dev.foretoken.e2e.compose.ComposeService;
import dev.foretoken.e2e.compose.MadeSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/** A container of one service of a compose file, as compose would start it. Nothing is pulled. */
final class ComposedService extends GenericContainer<ComposedService> {

    private static final long NANOS_PER_CPU = 1_000_000_000;

    private final ComposeService service;
    private final Map<String, Network> networks;

    /**
     * @param networks by the names that the file gives them
     * @param volumes of this start: what goes in front of the names that the file gives them
     */
    ComposedService(
            String image, ComposeService service, Map<String, Network> networks, MadeSecrets secrets, String volumes) {
        super(DockerImageName.parse(image));
        this.service = service;
        this.networks = networks;
        withImagePullPolicy(any -> false);
        withEnv(service.environment());
        withNetwork(networks.get(service.list("networks").getLast()));
        withNetworkAliases(service.name());
        if (!service.list("command").isEmpty()) {
            withCommand(service.list("command").toArray(String[]::new));
        }
        withExposedPorts(
                service.ports().stream().map(ComposeService.Port::target).toArray(Integer[]::new));
        withTmpFs(temporary(service.list("tmpfs")));
        withCreateContainerCmdModifier(command -> confine(command, binds(secrets, volumes)));
    }

    private static Map<String, String> temporary(List<String> folders) {
        Map<String, String> options = new HashMap<>();
        for (String folder : folders) {
            int colon = folder.indexOf(':');
            options.put(colon < 0 ? folder : folder.substring(0, colon), colon < 0 ? "" : folder.substring(colon + 1));
        }
        return options;
    }

    private List<Bind> binds(MadeSecrets secrets, String volumes) {
        Stream<String> own = service.mounts().stream()
                .map(mount -> source(mount, volumes) + ":" + mount.target() + (mount.readOnly() ? ":ro" : ":rw"));
        Stream<String> secret =
                service.list("secrets").stream().map(name -> secrets.file(name) + ":/run/secrets/" + name + ":ro");
        return Stream.concat(own, secret).map(Bind::parse).toList();
    }

    private static String source(ComposeService.Mount mount, String volumes) {
        return mount.isPath()
                ? ComposeFile.folder().resolve(mount.source()).normalize().toString()
                : volumes + mount.source();
    }

    private void confine(CreateContainerCmd command, List<Bind> binds) {
        HostConfig host = command.getHostConfig();
        if (host == null) {
            throw new IllegalStateException("a container without a host's configuration");
        }
        host.withBinds(binds)
                .withReadonlyRootfs(service.text("read_only").equals("true"))
                .withSecurityOpts(service.list("security_opt"))
                .withCapDrop(service.list("cap_drop").stream()
                        .map(Capability::valueOf)
                        .toArray(Capability[]::new));
        if (service.fields().containsKey("user")) {
            command.withUser(service.text("user"));
        }
        cpus().ifPresent(count -> host.withNanoCPUs((long) (count * NANOS_PER_CPU)));
    }

    private Optional<Double> cpus() {
        Object resources = service.map("deploy").getOrDefault("resources", Map.of());
        Object limits = ((Map<?, ?>) resources).get("limits");
        return Optional.ofNullable(limits)
                .map(given -> Double.valueOf(String.valueOf(((Map<?, ?>) given).get("cpus"))));
    }

    /** The other networks: a process looks for its neighbours as soon as it starts. */
    @Override
    protected void containerIsCreated(String id) {
        List<String> names = service.list("networks");
        for (String name : names.subList(0, names.size() - 1)) {
            getDockerClient()
                    .connectToNetworkCmd()
                    .withContainerId(id)
                    .withNetworkId(networks.get(name).getId())
                    .withContainerNetwork(new ContainerNetwork().withAliases(service.name()))
                    .exec();
        }
    }

    /** Whether the file's own check finds it well. */
    boolean isWell() {
        List<String> test = new ArrayList<>(service.healthTest());
        test.removeFirst();
        return isRunning() && inside(test.toArray(String[]::new)).getExitCode() == 0;
    }

    /** Runs a program in the container. */
    ExecResult inside(String... words) {
        try {
            return execInContainer(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + service.name() + " ran a program", e);
        }
    }

    String service() {
        return service.name();
    }

    boolean isOurs() {
        return service.isOurs();
    }

    /** What its process answers, by Bash: base images need not have a client of HTTP. */
    String get(String path, String key) {
        return inside("bash", "-c", """
                        exec 3<>/dev/tcp/127.0.0.1/8080
                        printf 'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\nAuthorization: Bearer %s\\r\\n\\r\\n' >&3
                        cat <&3
                        """.formatted(path, key)).getStdout();
    }
}
