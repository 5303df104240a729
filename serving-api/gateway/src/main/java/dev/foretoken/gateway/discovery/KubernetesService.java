package dev.foretoken.gateway.discovery;

import dev.foretoken.contract.ConfigCheck;
import java.util.regex.Pattern;

/**
 * A service whose pods are asked.
 *
 * @param port the port's number, or its name in the service
 */
public record KubernetesService(String namespace, String name, String port) {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    public KubernetesService {
        check(namespace);
        check(name);
        check(port);
        if (port.chars().allMatch(Character::isDigit)) {
            ConfigCheck.require(
                    port.length() <= 5 && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535,
                    "pod",
                    port,
                    "a port in [1, 65535] or its name");
        }
    }

    private static void check(String label) {
        ConfigCheck.require(
                LABEL.matcher(label).matches(),
                "pod",
                label,
                "a name of Kubernetes: up to 63 lower-case letters, digits and '-'");
    }

    /** What its pods' certificates bear. */
    String dnsName() {
        return name + "." + namespace + ".svc";
    }
}
