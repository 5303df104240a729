/**
 * Owns graph sessions over ONNX Runtime's own Java interface: tensors in host memory that the graph reads and writes in place.
 *
 * <p>Has no device memory of its own, and neither unsigned integers beyond 8 bits nor strings beyond Unicode's first plane going in: those
 * need the C interface. Entry type: {@link dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory}. One thread per session.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session.javaapi;
