"""Which services CloudTrail names as the source of events."""

from functools import cache
from typing import Final

__all__ = ["MISTAKEN_SOURCES", "event_sources"]

MISTAKEN_SOURCES: Final = {
    "cloudwatch": "monitoring",
    "cloudwatchlogs": "logs",
    "elb": "elasticloadbalancing",
    "organization": "organizations",
}
"""Names that stand in no record, and what CloudTrail writes for what they mean."""

# Most are the first part of the host that the service answers at.
_SOURCES: Final = """\
abuse access-analyzer account account-access account-access-runtime acm acm-pca aco-automation
agent-discovery agent-registry agent-registry-control agreement-marketplace aidevops aiops airflow
airflow-serverless amazonmq amplify amplifybackend amplifyuibuilder aoss apigateway apiportal
app-integrations appconfig appconfigdata appfabric appflow application-autoscaling application-cost-profiler
application-signals applicationinsights appmesh apprunner appstream appstream2 appsync aps arc-region-switch
arc-zonal-shift artifact athena auditmanager autoscaling autoscaling-plans aws-marketplace aws-portal b2bi
backup backup-gateway backup-search batch bcm-dashboards bcm-data-exports bcm-pricing-calculator
bcm-recommended-actions bedrock bedrock-agent bedrock-agent-runtime bedrock-agentcore
bedrock-agentcore-control bedrock-data-automation bedrock-data-automation-runtime bedrock-runtime billing
billingconductor billingconsole braket budgets cases cassandra cassandra-streams ce chatbot chime cleanrooms
cleanrooms-ml cloud9 cloudcontrolapi clouddirectory cloudformation cloudfront cloudfront-keyvaluestore
cloudhsm cloudhsmv2 cloudsearch cloudsearchdomain cloudshell cloudtrail cloudtrail-data cloudwatch-omni
codeartifact codebuild codecatalyst codecommit codeconnections codedeploy codeguru-profiler
codeguru-reviewer codeguru-security codepipeline codestar-connections codestar-notifications
cognito-identity cognito-idp cognito-sync comprehend comprehendmedical compute-optimizer config connect
connect-campaigns console contact-lens continuum controlcatalog controltower cost-optimization-hub cur
data-signer databrew dataexchange datapipeline datasync datazone dax deadline deployment-marketplace
detective devicefarm devops-guru directconnect discovery discovery-marketplace dlm dms docdb-elastic drs ds
ds-data dsql dynamodb ebs ec2 ec2-instance-connect ecr ecr-public ecs eks eks-auth elasticache
elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce elemental-inference email
emr-containers emr-serverless end-user-messaging entityresolution es events eventsv2 evs execute-api
firehose fis fms forecast forecastquery frauddetector freetier fsx gamelift gameliftstreams geo geo-maps
geo-places geo-routes glacier globalaccelerator glue grafana greengrass groundstation guardduty health
health-agent healthlake iam iam-toolbox identity-chime identitystore imagebuilder importexport inspector
inspector-scan inspector2 interconnect internetmonitor invoicing iot iotdeviceadvisor iotfleetwise
iotmanagedintegrations iotsitewise iotthingsgraph iottwinmaker iotwireless ivs ivschat ivsrealtime kafka
kafkaconnect kendra kendra-ranking kinesis kinesisanalytics kinesisvideo kms lakeformation lambda
launchwizard lex license-manager license-manager-linux-subscriptions license-manager-user-subscriptions
lightsail logs lookoutequipment m2 machinelearning macie2 mail-manager managedblockchain
managedblockchain-query marketplace marketplacecommerceanalytics media-pipelines-chime mediaconnect
mediaconvert medialive mediapackage mediapackage-vod mediapackagev2 mediastore mediatailor medical-imaging
meetings-chime memory-db memorydb messaging-chime mgh mgn migrationhub-config migrationhub-orchestrator
migrationhub-strategy models-v2-lex monitoring mpa mq mturk-requester neptune-db neptune-graph
network-firewall network-security-manager networkflowmonitor networkmanager networkmonitor notifications
notifications-contacts nova-act oam observabilityadmin odb oidc omics organizations osis osm outposts
partnercentral-account partnercentral-benefits partnercentral-channel partnercentral-marketing
partnercentral-prm partnercentral-selling payments pca-connector-ad pca-connector-scep pcs personalize
personalize-events personalize-runtime pi pinpoint pipes polly pricing pricingplanmanager profile proton q
qapps qbusiness quicksight ram rbin rds rds-data rdsdata redshift redshift-data redshift-serverless
refactor-spaces rekognition reporting-marketplace repostspace resiliencehub resource-explorer-2
resource-groups robomaker rolesanywhere route53 route53-recovery-cluster route53-recovery-control-config
route53-recovery-readiness route53domains route53globalresolver route53profiles route53resolver rtbfabric
rum runtime-v2-lex s3 s3-control s3-outposts s3files s3tables s3vectors sagemaker sagemaker-geospatial
savingsplans scheduler schemas scn sdb secretsmanager security-ir securityagent securityhub securitylake
serverlessrepo servicecatalog servicecatalog-appregistry servicediscovery servicequotas ses shield signer
signin sms sms-voice snow-device-management snowball sns social-messaging sqlworkbench sqs ssm ssm-contacts
ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap sso sso-directory states storagegateway sts support
supportapp supportauthz sustainability swf synthetics tagging tax textract thinclient timestream-influxdb
transcribe transfer translate trustedadvisor uxc verifiedpermissions voice-chime voiceid vpc-lattice vpce
waf waf-regional wafv2 wellarchitected wisdom workdocs workmail workmailmessageflow workspaces
workspaces-instances workspaces-web xray
"""


@cache
def event_sources() -> frozenset[str]:
    """Lists the services that are known as sources, as named before ``.amazonaws.com``."""
    return frozenset(_SOURCES.split())
