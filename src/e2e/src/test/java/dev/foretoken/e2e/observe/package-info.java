/**
 * Owns the tests of what watches a server: dashboards and alert rules against a real metrics page, the rules also as
 * Prometheus evaluates them. Entry type: {@link
 * dev.foretoken.e2e.observe.WatchedMetricsTest}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.observe;
