package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One look at a metrics page. */
public final class Metrics {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String page;

    private Metrics(String page) {
        this.page = page;
    }

    /** What is under way, over all models. */
    public record Load(int running, int waiting, double cacheInUse) {
        public static final Load IDLE = new Load(0, 0, 0);
    }

    /** Of a page that was read elsewhere. */
    public static Metrics of(String page) {
        return new Metrics(page);
    }

    static Metrics scrape(URI server) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/metrics"))
                .timeout(Duration.ofMinutes(2))
                .build();
        try {
            HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError("/metrics answered " + response.statusCode() + ": " + response.body());
            }
            return new Metrics(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while reading metrics", e);
        }
    }

    public Load load() {
        return new Load(
                (int) sum("vllm:num_requests_running"),
                (int) sum("vllm:num_requests_waiting"),
                sum("vllm:kv_cache_usage_perc"));
    }

    /** The sum of a family's series; fails when there is none, since a metric that is gone must not look like zero. */
    public double sum(String name) {
        List<String> series = series(name).toList();
        if (series.isEmpty()) {
            throw new AssertionError("no metric " + name + " on the page:\n" + page);
        }
        return series.stream().mapToDouble(Metrics::value).sum();
    }

    /** The sum of the series that have {@code label}, written {@code name="value"}; 0 when there is none yet. */
    public double sum(String name, String label) {
        return series(name)
                .filter(line -> line.contains(label))
                .mapToDouble(Metrics::value)
                .sum();
    }

    /** The labels of a family's series, as they are written. */
    public List<String> labels(String name) {
        return series(name)
                .map(line -> line.substring(name.length(), line.lastIndexOf(' ')))
                .toList();
    }

    /** The values of a family's series by their labels, as they are written. */
    public Map<String, Double> values(String name) {
        Map<String, Double> values = new LinkedHashMap<>();
        series(name).forEach(line -> values.put(line.substring(name.length(), line.lastIndexOf(' ')), value(line)));
        return values;
    }

    /** Of all series. */
    public Set<String> names() {
        return page.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.substring(0, line.indexOf(line.contains("{") ? '{' : ' ')))
                .collect(Collectors.toSet());
    }

    private Stream<String> series(String name) {
        return page.lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "));
    }

    private static double value(String line) {
        String text = line.substring(line.lastIndexOf(' ') + 1);
        return Double.parseDouble(text.endsWith("Inf") ? text + "inity" : text);
    }
}
