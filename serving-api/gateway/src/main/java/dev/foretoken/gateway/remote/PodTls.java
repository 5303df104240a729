package dev.foretoken.gateway.remote;

import dev.foretoken.wire.tls.TlsMaterial;

/**
 * How connections to a pod are encrypted.
 *
 * @param material what is shown to the pod, and who may have signed its certificate
 * @param podName what that certificate must be for: pods are reached by addresses that certificates seldom bear
 */
public record PodTls(TlsMaterial material, String podName) {}
