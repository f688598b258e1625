// SPDX-License-Identifier: Apache-2.0
// Unmodified clients of both generations get through the gate what they get directly: prompts, resources, completion, logs,
// questions, progress, cancellation and subscriptions.
