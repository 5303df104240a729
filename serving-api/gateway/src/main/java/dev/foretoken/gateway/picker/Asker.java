package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.tenant.Tenant;
import java.util.function.Consumer;

/**
 * Who asks for an endpoint.
 *
 * @param told the id of the decision
 * @param whenLeft runs what it is given once nobody waits for the answer, at once if that was so already
 */
record Asker(Tenant tenant, Consumer<String> told, Consumer<Runnable> whenLeft) {}
