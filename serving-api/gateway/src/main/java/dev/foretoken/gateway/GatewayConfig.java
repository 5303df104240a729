package dev.foretoken.gateway;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.answer.AnswerLimits;
import dev.foretoken.gateway.auth.HostNames;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.turn.TurnLimits;
import java.util.List;
import java.util.Optional;

/**
 * How the edge listens and what it lets through.
 *
 * @param host address to listen on; one that other machines can reach needs an API key
 * @param port 0 = any free one
 * @param apiKeys accepted credentials; empty, and no identities = none needed
 * @param allowedHosts further names in the Host header, see {@link HostNames}
 * @param admin the port of operators; empty = there is none
 * @param turns how much of chats' next turns is prepared ahead
 * @param routing how engines are chosen
 * @param tensors what a request with tensors, or texts for encoders, may ask for
 * @param calls how much is done for a request when engines refuse it or are lost
 * @param identities who is let in beside those with an API key
 */
public record GatewayConfig(
        String host,
        int port,
        List<String> apiKeys,
        List<String> allowedHosts,
        HttpLimits http,
        AnswerLimits answers,
        Optional<AdminConfig> admin,
        TurnLimits turns,
        TensorLimits tensors,
        CallLimits calls,
        RoutingConfig routing,
        Identities identities) {

    public static final GatewayConfig DEFAULT = new GatewayConfig(
            "127.0.0.1",
            8080,
            List.of(),
            List.of(),
            HttpLimits.DEFAULT,
            AnswerLimits.DEFAULT,
            Optional.empty(),
            TurnLimits.DEFAULT,
            TensorLimits.DEFAULT,
            CallLimits.DEFAULT,
            RoutingConfig.DEFAULT,
            Identities.NONE);

    public GatewayConfig {
        apiKeys = List.copyOf(apiKeys);
        allowedHosts = List.copyOf(allowedHosts);
        require(!host.isBlank(), "gateway.host", host, "an address to listen on");
        requireRange("gateway.port", port, 0, 65_535);
        require(
                HostNames.isLoopback(host) || !apiKeys.isEmpty() || identities.any(),
                "gateway.host",
                host,
                "a loopback address (127.0.0.1, ::1, localhost) unless an API key, tenants or tokens are set: other machines can reach it");
    }

    public GatewayConfig listeningOn(String newHost, int newPort) {
        return new GatewayConfig(
                newHost,
                newPort,
                apiKeys,
                allowedHosts,
                http,
                answers,
                admin,
                turns,
                tensors,
                calls,
                routing,
                identities);
    }

    public GatewayConfig withApiKeys(List<String> keys) {
        return new GatewayConfig(
                host, port, keys, allowedHosts, http, answers, admin, turns, tensors, calls, routing, identities);
    }

    public GatewayConfig administeredOn(Optional<AdminConfig> newAdmin) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, newAdmin, turns, tensors, calls, routing, identities);
    }

    public GatewayConfig preparing(TurnLimits newTurns) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, admin, newTurns, tensors, calls, routing, identities);
    }

    public GatewayConfig taking(TensorLimits newTensors) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, admin, turns, newTensors, calls, routing, identities);
    }

    public GatewayConfig calling(CallLimits newCalls) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, admin, turns, tensors, newCalls, routing, identities);
    }

    public GatewayConfig limiting(HttpLimits newHttp) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, newHttp, answers, admin, turns, tensors, calls, routing, identities);
    }

    public GatewayConfig identifying(Identities newIdentities) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, admin, turns, tensors, calls, routing, newIdentities);
    }

    public GatewayConfig routedBy(RoutingConfig newRouting) {
        return new GatewayConfig(
                host, port, apiKeys, allowedHosts, http, answers, admin, turns, tensors, calls, newRouting, identities);
    }

    /** Keeps the keys out of logs. */
    @Override
    public String toString() {
        return "GatewayConfig[host=" + host + ", port=" + port + ", apiKeys=" + apiKeys.size() + ", allowedHosts="
                + allowedHosts + ", http=" + http + ", answers=" + answers + ", admin=" + admin + ", turns=" + turns
                + ", tensors=" + tensors + ", calls=" + calls + ", routing=" + routing + ", identities=" + identities
                + "]";
    }
}
