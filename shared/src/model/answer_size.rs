//! How the 8 KB that API Gateway takes of an authorizer are shared out. A longer answer fails every call, so what is
//! saved must leave room, and what a token adds is measured.
//!
//! | part | with scope rules | without |
//! |---|---|---|
//! | names, braces, the resources that are allowed | 1,024 | 768 |
//! | resources that are denied | 3,968 | 0 |
//! | principal, context and usage key | 3,199 | 7,423 |
//! | sum: less than 8 KB | 8,191 | 8,191 |
//!
//! Beside rules one resource for each method is allowed, each with 100 bytes of ARN, and among the resources that are denied
//! is the refused call's own. There the last part takes a scope of 1,024 bytes, the same once more as a header, a challenge
//! with half of the service's scopes, and ids of usual lengths. Without them, headers of 4,096 bytes in all leave 3,327 for
//! the rest.

/// API Gateway takes less than 8 KB.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 - 1;

/// The longest resource of a policy that API Gateway takes, in bytes as JSON has them.
pub const MAX_RESOURCE_BYTES: usize = 512;

/// The resource that denies a refused call, in bytes as JSON has them: more than the ARN of API and stage, a method and the
/// longest path of a rule.
pub const MAX_REFUSED_CALL_BYTES: usize = 384;

/// Resources of the Deny statement, each with its quotation marks and comma, the refused call's own included.
pub const MAX_DENY_BYTES: usize = 3_968;

/// Principal, context and usage key as JSON, where the policy denies nothing and may allow a resource of 512 bytes.
pub const MAX_FACTS_ALONE: usize = MAX_ANSWER_BYTES - 768;

/// Principal, context and usage key as JSON beside a Deny statement, where the resources allowed are every path of each
/// method.
pub const MAX_FACTS_BESIDE_RULES: usize = MAX_ANSWER_BYTES - MAX_DENY_BYTES - 1_024;
