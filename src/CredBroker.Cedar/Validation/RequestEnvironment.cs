using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>One kind of request that a schema has: an action with one of the types of its principals and one of those of its resources.</summary>
internal readonly record struct RequestEnvironment(SchemaAction Action, EntityType Principal, EntityType Resource);
