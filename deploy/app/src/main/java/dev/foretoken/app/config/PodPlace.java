package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.auth.HostNames;
import dev.foretoken.gateway.discovery.KubernetesService;

/** Where a gateway finds runtime pods. */
public sealed interface PodPlace {

    /** One pod: {@code HOST:PORT}. */
    record Address(String host, int port) implements PodPlace {
        @Override
        public boolean isLoopback() {
            return HostNames.isLoopback(host);
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** A pod at every address of a name: {@code dns:NAME:PORT}. */
    record Dns(String name, int port) implements PodPlace {
        @Override
        public boolean isLoopback() {
            return HostNames.isLoopback(name);
        }

        @Override
        public String toString() {
            return DNS + name + ":" + port;
        }
    }

    /** The ready pods of a service of this cluster: {@code kubernetes:NAMESPACE/SERVICE:PORT}. */
    record Service(KubernetesService service) implements PodPlace {
        @Override
        public boolean isLoopback() {
            return false;
        }

        @Override
        public String toString() {
            return KUBERNETES + service.namespace() + "/" + service.name() + ":" + service.port();
        }
    }

    String DNS = "dns:";
    String KUBERNETES = "kubernetes:";

    /** Whether nothing on the way there leaves this machine. */
    boolean isLoopback();

    /** @throws ForetokenException CONFIG_INVALID */
    static PodPlace parse(String text) {
        if (text.startsWith(KUBERNETES)) {
            return service(text, text.substring(KUBERNETES.length()));
        }
        boolean dns = text.startsWith(DNS);
        String place = dns ? text.substring(DNS.length()) : text;
        int colon = place.lastIndexOf(':');
        int port = port(text, place.substring(colon + 1));
        if (colon < 1) {
            throw refused(text);
        }
        String host = place.substring(0, colon);
        return dns ? new Dns(host, port) : new Address(host, port);
    }

    private static PodPlace service(String text, String place) {
        int slash = place.indexOf('/');
        int colon = place.lastIndexOf(':');
        if (slash < 1 || colon < slash) {
            throw refused(text);
        }
        return new Service(new KubernetesService(
                place.substring(0, slash), place.substring(slash + 1, colon), place.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // the message below shows the form
        }
        throw refused(text);
    }

    private static ForetokenException refused(String text) {
        return new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "pod '" + text
                                + "' must be HOST:PORT, dns:NAME:PORT or kubernetes:NAMESPACE/SERVICE:PORT, with a port in [1, 65535]")
                .withParam("pod");
    }
}
