package dev.foretoken.batch.kafka;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.utility.DockerImageName;

/** A broker in a container of the image that is deployed, or of another that is given. Nothing is pulled. */
final class BrokerContainer implements BrokerHost {

    /** What {@code deploy/compose} runs. */
    static final String DEPLOYED = "docker.io/apache/kafka:4.2.2";
    /** That one, unless another is given. */
    static final String IMAGE = System.getProperty("foretoken.images.kafka", DEPLOYED);
    /** Where the image keeps topics: a volume of it. */
    static final String DATA = "/var/lib/kafka/data";

    /** {@link #isListening} says when it is there. */
    private static final WaitStrategy NOTHING = new AbstractWaitStrategy() {
        @Override
        protected void waitUntilReady() {}
    };

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final GenericContainer<?> container;
    private final int port;

    private BrokerContainer(GenericContainer<?> container, int port) {
        this.container = container;
        this.port = port;
    }

    static boolean isImageWanted() {
        return Boolean.getBoolean("foretoken.images");
    }

    /** Whether an engine has the image. It is asked by name: lists of engines shorten names, each in its own way. */
    static boolean hasImage() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return false;
        }
        try {
            engine().inspectImageCmd(IMAGE).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /**
     * Has the same port inside and on this machine, so that who asks the broker where it is finds it in either.
     *
     * @param settings names of properties as in a file of Kafka's
     */
    static BrokerContainer of(int port, Map<String, String> settings) {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withImagePullPolicy(image -> false)
                .withExposedPorts(port)
                .waitingFor(NOTHING)
                .withEnv("CLUSTER_ID", KafkaBroker.CLUSTER)
                .withEnv("KAFKA_HEAP_OPTS", "-Xmx512m")
                .withCreateContainerCmdModifier(command -> bind(command, port));
        settings.forEach((name, value) ->
                container.withEnv("KAFKA_" + name.replace('.', '_').toUpperCase(Locale.ROOT), value));
        return new BrokerContainer(container, port);
    }

    private static void bind(CreateContainerCmd command, int port) {
        HostConfig host = command.getHostConfig();
        if (host == null) {
            throw new IllegalStateException("a container without a host's configuration");
        }
        host.withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":" + port));
    }

    private static DockerClient engine() {
        return DockerClientFactory.instance().client();
    }

    @Override
    public void start() {
        if (container.getContainerId() == null) {
            container.start();
        } else {
            engine().startContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void kill() {
        if (container.getContainerId() == null) {
            return;
        }
        try {
            engine().killContainerCmd(container.getContainerId()).exec();
        } catch (ConflictException | NotModifiedException e) {
            return; // it does not run
        }
        while (isRunning()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public boolean isRunning() {
        return container.getContainerId() != null && container.isRunning();
    }

    /** An engine takes connections for a container that does not listen: a broker is there when it says so. */
    @Override
    public boolean isListening() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            return !admin.describeCluster()
                    .nodes()
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a broker starts", e);
        }
    }

    /** The engine has it, and nobody asks. */
    @Override
    public Duration cpu() {
        return Duration.ZERO;
    }

    @Override
    public String log() {
        return container.getLogs();
    }

    @Override
    public void close() {
        container.stop();
    }
}
