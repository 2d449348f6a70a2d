//! Rights that no function needs are found, however a template gives them.

use tests::Template;

/// A function of these lines whose role has these lines beside its policies, and these statements.
fn template(function: &str, role: &str, statements: &[&str]) -> Template {
    let statements: String = statements.iter().map(|statement| format!("              - {statement}\n")).collect();
    Template::of(&format!(
        "Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Role: !GetAtt R.Arn
{function}
  R:
    Type: AWS::IAM::Role
    Properties:
{role}
      Policies:
        - PolicyDocument:
            Statement:
{statements}"
    ))
}

fn found(statement: &str) -> Vec<String> {
    template("", "", &[statement]).other_rights("F")
}

#[test]
fn tables_logs_traces_and_data_keys_are_needed() {
    let needed = [
        "{ Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt T.Arn }",
        "{ Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !GetAtt FLogs.Arn }",
        "{ Effect: Allow, Action: [xray:PutTraceSegments, xray:PutTelemetryRecords], Resource: '*' }",
        "{ Effect: Allow, Action: kms:Decrypt, Resource: '*', \
           Condition: { StringEquals: { 'kms:EncryptionContext:tollgate': provider-credentials } } }",
    ];
    assert_eq!(template("", "", &needed).other_rights("F"), [""; 0]);
}

#[test]
fn any_other_action_is_found() {
    assert_eq!(found("{ Effect: Allow, Action: s3:GetObject, Resource: '*' }"), ["\"s3:GetObject\""]);
    assert_eq!(found("{ Effect: Allow, Action: [kms:Decrypt], Resource: '*' }"), ["\"kms:Decrypt\""]);
    assert_eq!(found("{ Effect: Allow, Action: logs:PutLogEvents, Resource: '*' }"), ["\"logs:PutLogEvents\""]);
    assert_eq!(found("{ Effect: Allow, NotAction: s3:GetObject, Resource: '*' }"), ["null"]);
    let either = "!If [C, !Ref AWS::NoValue, { Effect: Allow, Action: s3:GetObject, Resource: '*' }]";
    assert_eq!(found(either), ["\"s3:GetObject\""]);
}

#[test]
fn a_network_is_for_functions_that_stand_in_one() {
    let statement = ["{ Effect: Allow, Action: ec2:CreateNetworkInterface, Resource: '*' }"];
    assert_eq!(template("", "", &statement).other_rights("F"), ["\"ec2:CreateNetworkInterface\""]);
    let in_vpc = template("      VpcConfig: { SubnetIds: [s] }", "", &statement);
    assert_eq!(in_vpc.other_rights("F"), [""; 0]);
}

#[test]
fn who_may_write_tokens_may_write_logins_unless_a_condition_keeps_them_out() {
    let statement = |condition: &str| {
        format!(
            "{{ Effect: Allow, Action: [dynamodb:GetItem, dynamodb:PutItem], Resource: !GetAtt TokensTable.Arn{condition} }}"
        )
    };
    let calls = |condition: &str| {
        let calls = template("", "", &[&statement(condition)]).table_calls("F");
        Vec::from_iter(calls.into_iter().map(|(operation, _)| operation))
    };
    assert_eq!(calls(""), ["GetItem", "PutItem", "PutItem of logins"]);
    let but_logins = ", Condition: { 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': 'session#*' } }";
    assert_eq!(calls(but_logins), ["GetItem", "PutItem"]);
}

#[test]
fn managed_policies_are_found() {
    let role = "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']";
    let found = template("", role, &["{ Effect: Allow, Action: dynamodb:GetItem, Resource: '*' }"]).other_rights("F");
    assert_eq!(found, ["\"arn:aws:iam::aws:policy/AdministratorAccess\""]);
}

#[test]
fn no_deployed_function_has_such_rights() {
    let template = Template::read();
    for (function, _) in template.resources("AWS::Serverless::Function") {
        assert_eq!(template.other_rights(function), [""; 0], "{function}");
    }
}
