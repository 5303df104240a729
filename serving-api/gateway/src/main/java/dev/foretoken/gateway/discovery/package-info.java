/**
 * Owns where the addresses of runtime pods come from: a list, DNS records, or the EndpointSlices of a Kubernetes service.
 *
 * <p>Does not connect to pods. Entry types: {@link dev.foretoken.gateway.discovery.ListedPods}, {@link dev.foretoken.gateway.discovery.DnsPods},
 * {@link dev.foretoken.gateway.discovery.KubernetesPods}. Each tells on one thread of its own.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.discovery;
