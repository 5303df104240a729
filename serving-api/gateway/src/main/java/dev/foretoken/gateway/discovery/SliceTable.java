package dev.foretoken.gateway.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.remote.PodTarget;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The EndpointSlices of one service as they are known now. A pod counts while it is ready and does not end. Of a service with two families of
 * addresses IPv4 alone counts, so that no pod is two. For one thread.
 */
final class SliceTable {

    private static final String IPV4 = "IPv4";
    private static final String IPV6 = "IPv6";

    private final KubernetesService service;
    private final Map<String, Slice> slices = new HashMap<>();

    SliceTable(KubernetesService service) {
        this.service = service;
    }

    private record Slice(String family, Set<PodTarget> pods) {}

    /** Those of an EndpointSliceList alone are left. */
    void replace(JsonNode list) {
        slices.clear();
        list.path("items").forEach(this::put);
    }

    /** One that is new, or has changed. */
    void put(JsonNode slice) {
        slices.put(name(slice), new Slice(slice.path("addressType").asText(), pods(slice)));
    }

    void remove(JsonNode slice) {
        slices.remove(name(slice));
    }

    private static String name(JsonNode slice) {
        return slice.path("metadata").path("name").asText();
    }

    Set<PodTarget> pods() {
        Set<PodTarget> ofFirst = pods(IPV4);
        return ofFirst.isEmpty() ? pods(IPV6) : ofFirst;
    }

    private Set<PodTarget> pods(String family) {
        Set<PodTarget> pods = new HashSet<>();
        slices.values().stream()
                .filter(slice -> slice.family().equals(family))
                .map(Slice::pods)
                .forEach((Collection<PodTarget> some) -> pods.addAll(some));
        return pods;
    }

    private Set<PodTarget> pods(JsonNode slice) {
        int port = port(slice.path("ports"));
        Set<PodTarget> pods = new HashSet<>();
        if (port > 0) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                String address = endpoint.path("addresses").path(0).asText();
                if (isReady(endpoint.path("conditions")) && isAddress(address)) {
                    pods.add(new PodTarget(address, port, service.dnsName()));
                }
            }
        }
        return pods;
    }

    /** A condition that is not told counts as true, but for the end of a pod. */
    private static boolean isReady(JsonNode conditions) {
        return conditions.path("ready").asBoolean(true)
                && !conditions.path("terminating").asBoolean(false);
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** 0 = the slice has no port of that name. */
    private int port(JsonNode ports) {
        if (service.port().chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(service.port());
        }
        for (JsonNode port : ports) {
            if (port.path("name").asText().equals(service.port())) {
                return Math.clamp(port.path("port").asInt(), 0, 65_535);
            }
        }
        return 0;
    }
}
