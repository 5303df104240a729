package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.remote.IpAddress;
import java.util.List;
import java.util.OptionalInt;

/**
 * How processes are endpoints of a pool behind a gateway that is not ours.
 *
 * @param pickerPort where a gateway tells which endpoint is next; empty = it does not
 * @param withPod whether role all answers gateways, too, which then know its load and its caches
 */
public record PoolSettings(OptionalInt pickerPort, boolean withPod) {

    public static final PoolSettings NONE = new PoolSettings(OptionalInt.empty(), false);

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for what this role cannot do */
    void requireFor(Role role, List<PodPlace> pods) {
        require(
                pickerPort.isEmpty() || role == Role.GATEWAY,
                "picker-port",
                pickerPort.orElse(0),
                "given in role gateway, which knows several pods");
        require(!withPod || role == Role.ALL, "with-pod", true, "given in role all; role runtime is a pod anyway");
        if (pickerPort.isPresent()) {
            requireRange("picker-port", pickerPort.getAsInt(), 0, 65_535);
            pods.forEach(PoolSettings::requireAddress);
        }
    }

    /** Of a name it is not known which of its addresses the pod has. */
    private static void requireAddress(PodPlace place) {
        require(
                !(place instanceof PodPlace.Address(String host, int port))
                        || IpAddress.of(host).isPresent(),
                "pod",
                place,
                "an IP address and port, dns:NAME:PORT or kubernetes:NAMESPACE/SERVICE:PORT where picker-port is given: endpoints are told by their address");
    }
}
