package dev.foretoken.gateway.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.gateway.remote.PodSource;
import dev.foretoken.gateway.remote.PodTarget;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ready pods of a Kubernetes service: its EndpointSlices are listed and then watched. The end of a watch, be it its time or a version that
 * the server has forgotten, is followed by a list, after a pause that grows while the server cannot be asked, or who is told cannot take it.
 */
public final class KubernetesPods implements PodSource {

    private static final Logger LOG = Logger.getLogger(KubernetesPods.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_LIST = Duration.ofSeconds(30);
    private static final int WATCH_SECONDS = 240;
    private static final Duration LONGEST_WATCH = Duration.ofSeconds(WATCH_SECONDS + 30);
    private static final int MOST_BYTES = 32 << 20;

    private final KubernetesService service;
    private final KubernetesApi api;
    private final Duration shortestPause;
    private final Duration longestList;
    private final SliceTable table;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean reported;

    /** @param shortestPause before the server is asked again after it could not be; grows to 32 times of it */
    public KubernetesPods(KubernetesService service, KubernetesApi api, Duration shortestPause) {
        this(service, api, shortestPause, LONGEST_LIST);
    }

    /** @param longestList time until a list has come whole */
    KubernetesPods(KubernetesService service, KubernetesApi api, Duration shortestPause, Duration longestList) {
        this.longestList = longestList;
        this.service = service;
        this.api = api;
        this.shortestPause = shortestPause;
        this.table = new SliceTable(service);
    }

    @Override
    public void start(Consumer<Set<PodTarget>> listener) {
        Thread.ofVirtual().name("kubernetes-pods").start(() -> follow(listener));
    }

    private void follow(Consumer<Set<PodTarget>> listener) {
        int failures = 0;
        try {
            while (!closed.await(pause(failures).toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    String version = list(listener);
                    failures = 1;
                    reported = false;
                    watch(version, listener);
                } catch (IOException | RuntimeException e) {
                    failures++;
                    report(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Once, until the server has answered again. */
    private void report(Exception e) {
        if (!reported && closed.getCount() > 0) {
            LOG.warnf("runtime pods of %s are not followed for now, those known stay: %s", service, e.getMessage());
        }
        reported = true;
    }

    private Duration pause(int failures) {
        return failures == 0 ? Duration.ZERO : shortestPause.multipliedBy(1L << Math.min(failures - 1, 5));
    }

    private String path() {
        return "/apis/discovery.k8s.io/v1/namespaces/" + service.namespace()
                + "/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D" + service.name();
    }

    /** Returns the version that a watch goes on from. */
    private String list(Consumer<Set<PodTarget>> listener) throws IOException, InterruptedException {
        try (InputStream body = api.get(path())) {
            JsonNode list = parse(whole(body));
            table.replace(list);
            listener.accept(table.pods());
            return list.path("metadata").path("resourceVersion").asText();
        }
    }

    /** Ends when the server ends it. */
    private void watch(String version, Consumer<Set<PodTarget>> listener) throws IOException, InterruptedException {
        String query = "&watch=true&timeoutSeconds=" + WATCH_SECONDS + "&resourceVersion=";
        try (InputStream body = new BufferedInputStream(api.get(path() + query + version))) {
            StreamLimit limit = StreamLimit.start(body, LONGEST_WATCH);
            try {
                read(body, listener);
            } finally {
                limit.lift();
            }
        }
    }

    /** Ended early it is no list, and the server is asked again. */
    private byte[] whole(InputStream list) throws IOException {
        StreamLimit limit = StreamLimit.start(list, longestList);
        try {
            return list.readNBytes(MOST_BYTES);
        } finally {
            limit.lift();
        }
    }

    private void read(InputStream events, Consumer<Set<PodTarget>> listener) throws IOException {
        for (byte[] line = line(events); line != null; line = line(events)) {
            if (!take(parse(line))) {
                return;
            }
            listener.accept(table.pods());
        }
    }

    /** Returns whether the watch goes on. */
    private boolean take(JsonNode event) {
        JsonNode slice = event.path("object");
        switch (event.path("type").asText()) {
            case "ADDED", "MODIFIED" -> table.put(slice);
            case "DELETED" -> table.remove(slice);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static JsonNode parse(byte[] text) throws IOException {
        JsonNode parsed = JSON.readTree(text);
        if (!parsed.isObject()) {
            throw new IOException("the API server sent something that is no object");
        }
        return parsed;
    }

    /** Up to the next line feed; null at the end. */
    private static byte @Nullable [] line(InputStream body) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = body.read(); next >= 0; next = body.read()) {
            if (next == '\n') {
                return line.toByteArray();
            }
            if (line.size() == MOST_BYTES) {
                throw new IOException("the API server sent an event of more than " + MOST_BYTES + " bytes");
            }
            line.write(next);
        }
        return null;
    }

    @Override
    public void close() {
        closed.countDown();
        api.close();
    }
}
