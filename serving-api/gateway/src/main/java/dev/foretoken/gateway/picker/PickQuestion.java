package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RouteQuery.Work;

/**
 * What an endpoint is looked for.
 *
 * @param sequences that it asks for
 */
record PickQuestion(ServedModel model, Work work, int sequences) {}
