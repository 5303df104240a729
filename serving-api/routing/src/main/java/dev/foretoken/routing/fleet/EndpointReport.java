package dev.foretoken.routing.fleet;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.routing.policy.Standing;
import java.util.Optional;
import java.util.Set;

/**
 * What an engine says of a model.
 *
 * @param standing READY, LOADABLE, DRAINING or NOT_READY
 * @param adapters names of the adapters that it has loaded
 * @param load empty where it says nothing of how busy it is
 * @param at when it was heard, on the view's clock
 */
public record EndpointReport(Standing standing, Set<String> adapters, Optional<ModelLoad> load, long at) {}
