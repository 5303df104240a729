/**
 * Owns the endpoint picker: tells gateways built on Envoy which process to send an HTTP request to, chosen as for requests that come in here
 * (Endpoint Picker Protocol of the Gateway API Inference Extension, over {@code envoy.service.ext_proc.v3.ExternalProcessor}).
 *
 * <p>Answers no request itself and sends none on. Entry type: {@link dev.foretoken.gateway.picker.PickerServer}. A stream is handled by one virtual
 * thread at a time.
 */
@NullMarked
package dev.foretoken.gateway.picker;

import org.jspecify.annotations.NullMarked;
