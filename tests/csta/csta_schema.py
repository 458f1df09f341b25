"""What a switching function may say, as ECMA-323 (editions 3 to 6) and ECMA-354 have it: tables, and a check.

Written from the standards' schemas and from nothing else, so that it can find what our own writers get wrong. An entry
lists the children of a type in their order (xsd:sequence): `name` (content not looked at), `name:Type`; behind it `!`
(must be there), `*` (any number). Elements that later editions added are in it; they are optional everywhere.
"""
import re
import xml.etree.ElementTree as ElementTree

CSTA = re.compile(r"http://www\.ecma-international\.org/standards/ecma-323/csta/ed[2-6]|"
                  r"http://www\.ecma\.ch/standards/ecma-323/csta/ed2")
SESSION = "http://www.ecma-international.org/standards/ecma-354/appl_session"


def enumeration(words):
    return frozenset(words.split())


def lists(words):
    """A sequence of optional capability elements."""
    return " ".join(word + ":Capability" for word in words.split())


def flags(words):
    return " ".join(word + ":Bool" for word in words.split())


ENUMERATIONS = {
    "Bool": enumeration("true false 1 0"),
    "State": enumeration("null initiated alerting connected hold queued fail"),
    "SystemState": enumeration("disabled partiallyDisabled enabled initializing messagesLost normal overloadImminent "
                               "overloadReached overloadRelieved"),
    "Cause": enumeration(
        "aCDBusy aCDForward aCDSaturated activation activeParticipation alertTimeExpired alternate autoWork blocked "
        "busy busyOverflow callBack callCancelled callForward callForwardImmediate callForwardBusy "
        "callForwardNoAnswer callNotAnswered callPickup campOn campOnTrunks capacityOverflow conference consultation "
        "destDetected destNotObtainable destOutOfOrder distributed distributionDelay doNotDisturb emptyQueue "
        "enteringDistribution forcedPause forcedTransition incompatibleDestination intrude invalidAccountCode "
        "invalidConnection invalidNumberFormat joinCall keyOperation keyOperationInUse lockout maintenance makeCall "
        "makePredictiveCall multipleAlerting multipleQueuing networkCongestion networkDialling networkNotObtainable "
        "networkOutOfOrder networkSignal newCall noAvailableAgents normal normalClearing noQueue noRule "
        "notAvailableBearerService notSupportedBearerService numberChanged numberUnallocated overflow park "
        "pathReplacement queueCleared queueTimeOverflow recall recallBusy recallForwarded recallNoAnswer "
        "recallResourcesNotAvailable redirected remainsInQueue reorderTone reserved resourcesNotAvailable "
        "selectedTrunkBusy silentParticipation singleStepConference singleStepTransfer suspend "
        "switchingFunctionTerminated timeout transfer trunksBusy unauthorisedBearerService unknownOverflow"),
    "ForwardingType": enumeration("forwardImmediate forwardBusy forwardNoAns forwardDND forwardBusyInt forwardBusyExt "
                                  "forwardNoAnsInt forwardNoAnsExt forwardImmInt forwardImmExt forwardDNDInt "
                                  "forwardDNDExt"),
    "AgentState": enumeration("agentNotReady agentNull agentReady agentBusy agentWorkingAfterCall"),
    "DeviceCategory": enumeration("acd group networkInterface park routeingDevice station voiceUnit other"),
    "AppearanceType": enumeration("selectedStandard basicStandard basicBridged exclusiveBridged "
                                  "independentSharedBridged interdependentSharedBridged"),
    "Ignore": enumeration("ignoreParameters rejectMessage"),
    "ConnectionView": enumeration("fixed local"),
    "StartError": enumeration("invalidApplicationInfo requestedProtocolVersionNotSupported serverResourcesBusy "
                              "maxNumberSessions"),
    "ResetError": enumeration("invalidSessionID serverCannotResetSessionTimer"),
    "StopError": enumeration("invalidSessionID"),
    "TermReason": enumeration("resourceLimitation sessionTimerExpired"),
    "Security": enumeration("generic sequenceNumberViolated timeStampViolated securityInfoViolated"),
    "StateError": enumeration(
        "generic invalidObjectState invalidDeviceState connectedCallExists invalidActiveDeviceState "
        "invalidCalledDeviceState invalidCallingDeviceState invalidDestinationDeviceState "
        "invalidDivertingDeviceState invalidHeldDeviceState invalidConnectionState invalidActiveConnectionState "
        "invalidConnectionIDForActiveCall invalidHeldConnectionState noActiveCall noCallToAnswer noCallToClear "
        "noCallToComplete noConnectionToClear noHeldCall incorrectMsgState"),
    "ResourceError": enumeration(
        "generic resourceBusy internalResourceBusy noMediaChannelsAvailable networkBusy resourceOutOfService "
        "deviceOutOfService activeDeviceOutOfService calledDeviceOutOfService callingDeviceOutOfService "
        "destinationDeviceOutOfService divertingDeviceOutOfService heldDeviceOutOfService networkOutOfService "
        "otherResourceOutOfService resourceLimitExceeded overallMonitorLimitExceeded conferenceMemberLimitExceeded "
        "registrationLimitExceeded"),
    "SubscribedError": enumeration("generic objectMonitorLimitExceeded trunkLimitExceeded outstandingReqLimitExceeded "
                                   "objectRegistrationLimitExceeded"),
    "PerformanceError": enumeration("generic performanceLimitExceeded"),
    "OperationError": enumeration(
        "generic atLeastOneConditionalParameterNotProvided featureAlreadySet invalidMsgID invalidParameterValue "
        "invalidAccountCode invalidAgentGroup invalidAgentIdentifier invalidAgentPassword invalidAgentState "
        "invalidAuthCode invalidAutoAnswer invalidCallType invalidCrossRefID invalidDestination invalidDoNotDisturb "
        "invalidFeature invalidForwardingDestination invalidForwardingFlag invalidForwardingType "
        "invalidMessageWaitingSetting invalidMonitorCrossRefID invalidMonitorFilter invalidMonitorObject "
        "invalidMonitorType invalidRingCount invalidObjectType invalidActiveCallObject "
        "invalidCalledDeviceObjectType invalidCallingDeviceObjectType invalidHeldCallObject "
        "invalidMonitorObjectType notDifferentDevices notSameDevice objectNotKnown invalidCallID "
        "invalidActiveCallID invalidHeldCallID invalidConnectionID invalidActiveConnectionID "
        "invalidHeldConnectionID invalidDeviceID invalidActiveDeviceID invalidCalledDeviceID invalidCallingDeviceID "
        "invalidDestinationDeviceID invalidDivertingDeviceID invalidHeldDeviceID invalidPickUpDeviceID "
        "parameterNotSupported agentGroupNotSupported agentStateNotSupported forwardingDestinationNotSupported "
        "monitorTypeNotSupported parameterTypeNotSupported privateDataNotSupported ringCountNotSupported "
        "securityNotSupported sysStatRegIDNotSupported userDataNotSupported privilegeViolationSpecifiedDevice "
        "privilegeViolationActiveDevice privilegeViolationCalledDevice privilegeViolationCallingDevice "
        "privilegeViolationDestinationDevice privilegeViolationHeldDevice privilegeViolationPickUpDevice "
        "requestIncompatibleWithObject requestIncompatibleWithConnection "
        "requestIncompatibleWithActiveConnection requestIncompatibleWithHeldConnection "
        "requestIncompatibleWithDevice requestIncompatibleWithCalledDevice requestIncompatibleWithCallingDevice "
        "requestIncompatibleWithDestinationDevice requestIncompatibleWithMedia serviceNotSupported "
        "securityViolation valueOutOfRange"),
}

# Exactly one of the children.
CHOICES = {
    "Extended": "deviceIdentifier:Device notKnown:Empty restricted:Empty",
    "Redirection": "numberDialed:Device notKnown:Empty notRequired:Empty notSpecified:Empty restricted:Empty",
    "Endpoint": "deviceID:Device notKnown:Empty restricted:Empty",
    "CallState": "compoundCallState:CompoundState simpleCallState unknown:Empty",
    "DeviceSnapshot": "serviceCrossRefID:Text snapshotData:DeviceCalls",
    "CallSnapshot": "serviceCrossRefID:Text snapshotData:CallParties",
    "CSTAErrorCode": "operation:OperationError security:Security stateIncompatibility:StateError "
                     "systemResourceAvailibility:ResourceError subscribedResourceAvailability:SubscribedError "
                     "performanceManagement:PerformanceError privateData privateErrorCode:Text unspecified:Empty",
    "StartErrorCode": "definedError:StartError applError:Text",
    "ResetErrorCode": "definedError:ResetError applError:Text",
    "StopErrorCode": "definedError:StopError applError:Text",
    "SessionTermReason": "definedTermReason:TermReason serverTermReason:Text",
}

AFTER_CAUSE = "servicesPermitted:ServicesPermitted networkCallingDevice networkCalledDevice associatedCallingDevice " \
              "associatedCalledDevice mediaCallCharacteristics callCharacteristics "
TAIL = "callLinkageData subjectOfCall messageInfo languagePreferences deviceHistory locationInfoList extensions"
PARTIES = "callingDevice:Extended! calledDevice:Extended! lastRedirectionDevice:Redirection! "
AGENT = "monitorCrossRefID:Text! agentDevice:Extended! agentID:Text acdGroup:Device "


def short_event(connection, device):
    """Held, retrieved: nothing but the device and its connection."""
    return (f"monitorCrossRefID:Text! {connection}:Connection! {device}:Extended! localConnectionInfo:State "
            f"correlatorData cause:Cause! servicesPermitted:ServicesPermitted mediaCallCharacteristics "
            f"callCharacteristics {connection}Info callLinkageData languagePreferences locationInfoList extensions")


def full_event(connection, device, nid="originatingNIDConnection"):
    """Offered, delivered, established, failed."""
    return (f"monitorCrossRefID:Text! {connection}:Connection! {device}:Extended! {PARTIES} {nid}:Connection "
            f"localConnectionInfo:State correlatorData userData cause:Cause! {AFTER_CAUSE} {connection}Info {TAIL}")


EVENTS = {
    "ServiceInitiatedEvent":
        "monitorCrossRefID:Text! initiatedConnection:Connection! initiatingDevice:Extended! calledDevice:Extended "
        "localConnectionInfo:State correlatorData cause:Cause! servicesPermitted:ServicesPermitted "
        "mediaCallCharacteristics callCharacteristics initiatedConnectionInfo networkCallingDevice "
        "networkCalledDevice associatedCallingDevice callLinkageData subjectOfCall messageInfo languagePreferences "
        "locationInfoList extensions",
    "OriginatedEvent":
        "monitorCrossRefID:Text! originatedConnection:Connection! callingDevice:Extended! calledDevice:Extended! "
        "originatingDevice:Device localConnectionInfo:State correlatorData cause:Cause! " + AFTER_CAUSE +
        "originatedConnectionInfo callLinkageData subjectOfCall messageInfo languagePreferences locationInfoList "
        "extensions",
    "NetworkReachedEvent":
        "monitorCrossRefID:Text! outboundConnection:Connection! networkInterfaceUsed:Extended! " + PARTIES +
        "originatingNIDConnection:Connection localConnectionInfo:State correlatorData userData networkCapability "
        "cause:Cause! servicesPermitted:ServicesPermitted mediaCallCharacteristics callCharacteristics "
        "outboundConnectionInfo networkCallingDevice networkCalledDevice associatedCallingDevice callLinkageData "
        "languagePreferences deviceHistory locationInfoList extensions",
    "OfferedEvent": full_event("offeredConnection", "offeredDevice"),
    "DeliveredEvent": full_event("connection", "alertingDevice"),
    "EstablishedEvent": full_event("establishedConnection", "answeringDevice", "originatinNIDConnection"),  # so
    "FailedEvent": full_event("failedConnection", "failingDevice"),
    "HeldEvent": short_event("heldConnection", "holdingDevice"),
    "RetrievedEvent": short_event("retrievedConnection", "retrievingDevice"),
    "QueuedEvent":
        "monitorCrossRefID:Text! queuedConnection:Connection! queue:Extended! " + PARTIES +
        "numberQueued:Int callsInFront:Int localConnectionInfo:State correlatorData userData cause:Cause! " +
        AFTER_CAUSE + "queuedConnectionInfo " + TAIL,
    "DivertedEvent":
        "monitorCrossRefID:Text! connection:Connection! divertingDevice:Extended! newDestination:Extended! "
        "callingDevice:Extended calledDevice:Extended lastRedirectionDevice:Redirection! localConnectionInfo:State "
        "correlatorData userData cause:Cause! servicesPermitted:ServicesPermitted mediaCallCharacteristics "
        "callCharacteristics connectionInfo networkCallingDevice networkCalledDevice associatedCallingDevice "
        "associatedCalledDevice " + TAIL,
    "TransferedEvent":  # with one r
        "monitorCrossRefID:Text! primaryOldCall:Connection! secondaryOldCall:Connection transferringDevice:Extended! "
        "transferredToDevice:Extended! transferredConnections:ConnectionList! localConnectionInfo:State "
        "correlatorData userData chargingInfo cause:Cause! servicesPermitted:ServicesPermitted "
        "mediaCallCharacteristics callCharacteristics callLinkageDataList languagePreferences deviceHistory "
        "locationInfoList extensions",
    "ConferencedEvent":
        "monitorCrossRefID:Text! primaryOldCall:Connection! secondaryOldCall:Connection conferencingDevice:Extended! "
        "addedParty:Extended! conferenceConnections:ConnectionList! localConnectionInfo:State correlatorData userData "
        "cause:Cause! servicesPermitted:ServicesPermitted mediaCallCharacteristics callCharacteristics "
        "callLinkageDataList languagePreferences deviceHistory locationInfoList extensions",
    "ConnectionClearedEvent":
        "monitorCrossRefID:Text! droppedConnection:Connection! releasingDevice:Extended! localConnectionInfo:State "
        "correlatorData userData chargingInfo cause:Cause! servicesPermitted:ServicesPermitted "
        "mediaCallCharacteristics callCharacteristics droppedConnectionInfo callLinkageData languagePreferences "
        "deviceHistory locationInfoList extensions",
    "CallClearedEvent":
        "monitorCrossRefID:Text! clearedCall:Connection! correlatorData userData cause:Cause! "
        "mediaCallCharacteristics callCharacteristics callLinkageData languagePreferences locationInfoList extensions",
    "BridgedEvent":
        "monitorCrossRefID:Text! bridgedConnection:Connection! bridgedAppearance:Extended! localConnectionInfo:State "
        "correlatorData userData cause:Cause! servicesPermitted:ServicesPermitted mediaCallCharacteristics "
        "callCharacteristics bridgedConnectionInfo callLinkageData languagePreferences locationInfoList extensions",
    "DigitsDialedEvent":
        "monitorCrossRefID:Text! dialingConnection:Connection! dialingDevice:Extended! dialingSequence:Device! "
        "localConnectionInfo:State correlatorData cause:Cause! servicesPermitted:ServicesPermitted "
        "networkCallingDevice networkCalledDevice associatedCallingDevice associatedCalledDevice "
        "dialingConnectionInfo callCharacteristics callLinkageData languagePreferences locationInfoList extensions",
    "CallInformationEvent":
        "monitorCrossRefID:Text! connection:Connection! device:Extended! callingDevice:Extended accountInfo authCode "
        "correlatorData servicesPermitted:ServicesPermitted userData callQualifyingData connectionInfo "
        "callLinkageDataList callCharacteristics subjectOfCall languagePreferences deviceInfo:Device extensions",
    "DoNotDisturbEvent": "monitorCrossRefID:Text! device:Extended! doNotDisturbOn:Bool! callOrigination "
                         "callingDeviceList extensions",
    "ForwardingEvent": "monitorCrossRefID:Text! device:Extended! forwardingType:ForwardingType forwardStatus:Bool! "
                       "forwardTo:Device forwardDefault ringCount:Int ringDuration:Int extensions",
    "CallBackEvent": "monitorCrossRefID:Text! originatingDevice:Extended! targetDevice:Extended! "
                     "callBackSetCanceled:Bool! extensions",
    "CallerIDStatusEvent": "monitorCrossRefID:Text! device:Device! callerIDProvided:Bool! extensions",
    "AutoAnswerEvent": "monitorCrossRefID:Text! invokingDevice:Extended! autoAnswerOn:Bool! numberOfRings:Int "
                       "extensions",
    "AgentLoggedOnEvent": AGENT + "agentPassword cause:Cause extensions",
    "AgentLoggedOffEvent": AGENT + "agentPassword cause:Cause extensions",
    "AgentReadyEvent": AGENT + "cause:Cause extensions",
    "AgentNotReadyEvent": AGENT + "cause:Cause extensions",
    "AgentBusyEvent": AGENT + "pendingAgentState:AgentState cause:Cause extensions",
    "AgentWorkingAfterCallEvent": AGENT + "pendingAgentState cause:Cause extensions",
    "BackInServiceEvent": "monitorCrossRefID:Text! device:Extended! cause:Cause extensions",
    "OutOfServiceEvent": "monitorCrossRefID:Text! device:Extended! cause:Cause extensions",
    "MessageWaitingEvent": "monitorCrossRefID:Text! targetDevice:Extended! deviceForMessage:Device "
                           "messageWaitingOn:Bool! extensions",
}

BARE_RESPONSES = enumeration(
    "AnswerCall ClearConnection ClearCall HoldCall RetrieveCall AlternateCall ReconnectCall DeflectCall MonitorStop "
    "SetDoNotDisturb SetForwarding SystemStatus SystemRegisterCancel")

RESPONSES = {
    **{name + "Response": "extensions" for name in BARE_RESPONSES},
    "MonitorStartResponse": "monitorCrossRefID:Text! actualMonitorFilter:MonitorFilter actualMonitorMediaClass "
                            "monitorExistingCalls:Bool extensions",
    "ChangeMonitorFilterResponse": "actualFilterList:MonitorFilter extensions",
    "SnapshotDeviceResponse": "crossRefIDorSnapshotData:DeviceSnapshot! extensions",
    "SnapshotCallResponse":
        "crossRefIDorSnapshotData:CallSnapshot! mediaCallCharacteristics callCharacteristics callingDevice:Extended "
        "calledDevice:Extended associatedCallingDevice associatedCalledDevice correlatorData callLinkageData "
        "subjectOfCall messageInfo languagePreferences deviceHistory extensions",
    "GetSwitchingFunctionCapsResponse":
        "switchingSubDomainName:Text64! manufacturerName:Text64! profiles! deviceIDFormat! swDomainFeatures! "
        "swAppearanceAddressability! swAppearanceTypes! ignoreUnsupportedParameters:Ignore! "
        "callCharacteristicsSupported mediaClassSupport numberOfChannels maxChannelBind miscMediaCallCharacteristics "
        "connectionRateList delayToleranceList pauseTime currentTime messageSeqNumbers timeStampMode securityMode "
        "securityFormat privateDataFormat transAndConfSetup monitorFilterItems miscMonitorCaps "
        "correlatorDataSupported:Bool dynamicFeatureSupported callLinkageOptions aCDModels agentLogOnModels "
        "agentStateModels connectionView:ConnectionView! maxLengthParameters:MaxLengths! maxLengthParametersCont "
        "servEvtsList:ServEvtsList privateDataVersionList systemStatusTimer:Int simpleThreshold filterThreshold "
        "mediaServiceCapsList maxDeviceHistoryEntries maxDestinationDevicesForDeflect extensions",
    "GetSwitchingFunctionDevicesResponse": "serviceCrossRefID:Text! extensions",
    "GetLogicalDeviceInformationResponse":
        "deviceCategory:DeviceCategory! groupDeviceAttributes namedDeviceTypes shortFormDeviceID:Device "
        "hasPhysicalElement:Bool! acdModels! agentLogOnModels appearanceAddressable:Bool! "
        "appearanceType:AppearanceType! appearanceList otherPhysicalDeviceList miscMonitorCaps associatedGroupList "
        "maxCallbacks:Int maxAutoAnswerRings:Int maxActiveCalls:Int maxHeldCalls:Int maxFwdSettings:Int "
        "maxDevicesInConf:Int transAndConfSetup deviceOnDeviceMonitorFilter:MonitorFilter "
        "deviceOnConnectionMonitorFilter:MonitorFilter callOnDeviceMonitorFilter:MonitorFilter "
        "callOnConnectionMonitorFilter:MonitorFilter mediaClassSupport mediaServiceCapsList connectionRateList "
        "delayToleranceList numberOfChannels maxChannelBind routeingServList logDevServList:LogDevServList "
        "logDevEvtsList:LogDevEvtsList deviceMaintEvtsList:DeviceMaintEvtsList extensions",
    "GetPhysicalDeviceInformationResponse":
        "deviceCategory:DeviceCategory! groupDeviceAttributes namedDeviceTypes hasLogicalElement:Bool! "
        "otherLogicalDeviceList deviceModelName:Text64 deviceOnDeviceMonitorFilter:MonitorFilter "
        "deviceOnConnectionMonitorFilter:MonitorFilter callOnDeviceMonitorFilter:MonitorFilter "
        "callOnConnectionMonitorFilter:MonitorFilter maxDisplays maxButtons maxLamps maxRingPatterns "
        "physDevServList:PhysDevServList physDevEvtsList:PhysDevEvtsList extensions",
    "GetCSTAFeaturesResponse": "supportedServices:SupportedServices! supportedEvents:SupportedEvents! extensions",
    "MakeCallResponse": "callingDevice:Connection! mediaCallCharacteristics initiatedCallInfo callLinkageData "
                        "extensions",
    "ConsultationCallResponse": "initiatedCall:Connection! mediaCallCharacteristics initiatedCallInfo callLinkageData "
                                "extensions",
    "DirectedPickupCallResponse": "pickedCall:Connection! pickedCallInfo callLinkageData extensions",
    "TransferCallResponse": "transferredCall:Connection! connections:ConnectionList transferredCallInfo "
                            "callLinkageDataList extensions",
    "SingleStepTransferCallResponse": "transferredCall:Connection! connections:ConnectionList transferredCallInfo "
                                      "callLinkageDataList extensions",
    "ConferenceCallResponse": "conferenceCall:Connection! connections:ConnectionList conferenceCallInfo "
                              "callLinkageDataList extensions",
    "GetDoNotDisturbResponse": "doNotDisturbOn:Bool! callOrigination callingDeviceList extensions",
    "GetForwardingResponse": "forwardingList:ForwardList! extensions",
    "GetAgentStateResponse": "agentStateList:AgentStateList! extensions",
    "SetAgentStateResponse": "pendingAgentState:AgentState extensions",
    "GetMessageWaitingIndicatorResponse": "messageWaitingOn:Bool! deviceForMessage:Device lampIsPresent:Bool "
                                          "extensions",
    "RequestSystemStatusResponse": "systemStatus:SystemState! extensions",
    "SystemRegisterResponse": "sysStatRegisterID:Text! actualStatusFilter extensions",
}
# The name that some clients use, and its answer.
RESPONSES["GetSwitchingFunctionCapabilitiesResponse"] = RESPONSES["GetSwitchingFunctionCapsResponse"]

SESSION_MESSAGES = {
    "StartApplicationSessionPosResponse": "sessionID:Text! actualProtocolVersion:Text! actualSessionDuration:Int! "
                                          "extensions",
    "StartApplicationSessionNegResponse": "errorCode:StartErrorCode! extensions",
    "ResetApplicationSessionTimerPosResponse": "actualSessionDuration:Int! extensions",
    "ResetApplicationSessionTimerNegResponse": "errorCode:ResetErrorCode! extensions",
    "StopApplicationSessionPosResponse": "extensions",
    "StopApplicationSessionNegResponse": "errorCode:StopErrorCode! extensions",
    "ApplicationSessionTerminated": "sessionID:Text! sessionTermReason:SessionTermReason! extensions",
}

# What the server says on its own account, with invoke ids of its own.
SERVER_REQUESTS = {
    "SystemStatus": "sysStatRegisterID:Text systemStatus:SystemState! extensions",
    "MonitorStop": "monitorCrossRefID:Text! extensions",
    "SystemRegisterAbort": "sysStatRegisterID:Text! extensions",
    "SnapshotDeviceData": "serviceCrossRefID:Text! segmentID:Int lastSegment:Bool! snapshotData:DeviceCalls! "
                          "extensions",
    "SwitchingFunctionDevices": "serviceCrossRefID:Text! segmentID:Int lastSegment:Bool! deviceList:DeviceList! "
                                "extensions",
}
ANSWERED = frozenset({"SystemStatus", "MonitorStop"})  # the client says "...Response"; the others need no answer

CALL_EVENTS = ("bridged callCleared conferenced connectionCleared delivered digitsDialed diverted established failed "
               "held {} {} offered originated queued retrieved serviceInitiated transferred")
CALL_SERVICES = ("acceptCall alternateCall answerCall callBack callBackMessage campOnCall clearCall clearConnection "
                 "conferenceCall consultationCall deflectCall dialDigits directedPickupCall groupPickupCall holdCall "
                 "intrudeCall joinCall makeCall makePredictiveCall parkCall reconnectCall retrieveCall sendMessage "
                 "singleStepConference singleStepTransfer transferCall")

TYPES = {
    "Connection": "callID:Text deviceID:Device",  # at least one: see check_connection
    "ConnectionList": "connectionListItem:ConnectionListItem*",
    "ConnectionListItem": "newConnection:Connection oldConnection:Connection endpoint:Endpoint associatedNID "
                          "resultingConnectionInfo",
    "ServicesPermitted": "callControlServices:CallControlServices callAssociatedServices mediaAttachementServices "
                         "routeingServices voiceServices",
    "CallControlServices": flags(CALL_SERVICES),
    "CompoundState": "localConnectionState:State*",
    "DeviceCalls": "snapshotDeviceResponseInfo:DeviceCall*",
    "DeviceCall": "connectionIdentifier:Connection! endpointDevice:Extended localCallState:CallState! "
                  "servicesPermitted:ServicesPermitted mediaServiceInfoList mediaCallCharacteristics callLinkageData",
    "CallParties": "snapshotCallResponseInfo:CallParty*",
    "CallParty": "deviceOnCall:Extended! callIdentifier:Connection localConnectionInfo:State "
                 "servicesPermitted:ServicesPermitted mediaServiceInfoList locationInfo",
    "DeviceList": "device:ListedDevice*",
    "ListedDevice": "deviceID:Device! deviceCategory:DeviceCategory! namedDeviceTypes deviceAttributes "
                    "deviceModelName:Text64 nidGroup:Device",
    "ForwardList": "forwardListItem:ForwardListItem*",
    "ForwardListItem": "forwardingType:ForwardingType forwardStatus:Bool! forwardDN:Device forwardDefault ringCount:Int "
                       "ringDuration:Int",
    "AgentStateList": "agentStateEntry:AgentStateEntry*",
    "AgentStateEntry": "agentID:Text loggedOnState:Bool! agentInfo:AgentInfo",
    "AgentInfo": "agentInfoItem:AgentInfoItem*",
    "AgentInfoItem": "acdGroup:Device agentState:AgentState! pendingAgentState agentStateCondition",
    "MonitorFilter": "callcontrol:CallControlEvents callAssociated:CallAssociatedEvents mediaAttachment "
                     "physicalDeviceFeature:PhysicalEvents logicalDeviceFeature:LogicalEvents "
                     "maintenance:MaintenanceEvents voice",
    "CallControlEvents": flags(CALL_EVENTS.format("networkCapabilitiesChanged", "networkReached")),
    "CallAssociatedEvents": flags("callInformation charging digitsGenerated telephonyTonesGenerated "
                                  "serviceCompletionFailure"),
    "PhysicalEvents": flags("buttonInformation buttonPress displayUpdated hookswitch lampMode messageWaiting "
                            "microphoneGain microphoneMute ringerStatus speakerMute speakerVolume"),
    "LogicalEvents": flags("agentBusy agentLoggedOn agentLoggedOff agentNotReady agentReady agentWorkingAfterCall "
                           "autoAnswer autoWorkMode callBack callBackMessage callerIDStatus doNotDisturb forwarding "
                           "presenceState routeingMode"),
    "MaintenanceEvents": flags("backInService deviceCapabilityChanged outOfService partiallyInService"),
    "MaxLengths": "accountInfo:Int! authCode:Int! agentID:Int! agentPassword:Int! callIDInConnectionID:Int! "
                  "correlatorData:Int! privateData:Int! deviceIdentifiers:Int! userData:Int! buttonLabel:Int! "
                  "lampLabel:Int! charactersToSend:Int!",
    "ServEvtsList":
        "capExchangeServList:CapExchangeServList systemServList:SystemServList monitoringServList:MonitoringServList "
        "snapshotServList:SnapshotServList callControlServList:CallControlServList "
        "callControlEvtsList:CallControlEvtsList callAssociatedServList callAssociatedEvtsList mediaServList "
        "mediaEvtsList routeingServList physDevServList:PhysDevServList physDevEvtsList:PhysDevEvtsList "
        "logicalServList:LogicalServList logicalEvtsList:LogicalEvtsList deviceMaintEvtsList:DeviceMaintEvtsList "
        "iOServicesServList dataCollectionServList voiceServList voiceEvtsList cdrServList vendorSpecificServList "
        "vendorSpecificEvtsList statusReportingServList locationServicesServList",
    "SupportedServices":
        "capExchangeServList:CapExchangeServList systemStatServList:SystemServList "
        "monitoringServList:MonitoringServList snapshotServList:SnapshotServList "
        "callControlServList:CallControlServList callAssociatedServList mediaServList routeingServList "
        "physDevServList:PhysDevServList logicalServList:LogicalServList iOServicesServList dataCollectionServList "
        "voiceServList cDRServList vendorSpecificServList locationServicesServList",
    "SupportedEvents":
        "callControlEvtsList:CallControlEvtsList callAssociatedEvtsList mediaEvtsList physDevEvtsList:PhysDevEvtsList "
        "logicalEvtsList:LogicalEvtsList deviceMaintEvtsList:DeviceMaintEvtsList voiceEvtsList vendorSpecificEvtsList",
    "LogDevServList": "callControlServList:CallControlServList callAssociatedServList "
                      "logicalServList:LogicalServList "
                      "mediaServList iOServicesServList dataCollectionServList voiceServList locationServicesServList",
    "LogDevEvtsList": "callControlEvtsList:CallControlEvtsList callAssociatedEvtsList logicalEvtsList:LogicalEvtsList "
                      "mediaEvtsList voiceEvtsList",
    "CapExchangeServList": lists("getCSTAFeatures getLogicalDeviceInformation getPhysicalDeviceInformation "
                                 "getSwitchingFunctionCaps getSwitchingFunctionDevices switchingFunctionDevices"),
    "SystemServList": lists("changeSystemStatusFilter systemRegister systemStatusRegisterAbort "
                            "systemStatusRegisterCancel requestSystemStatus systemStatus swFunctionCapsChanged "
                            "swFunctionDevicesChanged getRegistrations registrationInfo"),
    "MonitoringServList": lists("changeMonitorFilter monitorStart monitorStop getMonitors monitorInfo"),
    "SnapshotServList": lists("snapshotCall snapshotDevice snapshotCallData snapshotDeviceData"),
    "CallControlServList": lists(CALL_SERVICES),
    "CallControlEvtsList": lists(CALL_EVENTS.format("netwCapsChanged", "netwReached")),
    "PhysDevServList": lists("buttonPress getAuditoryApparatusInfo getButtonInformation getDisplay getHookSwitchStatus "
                             "getLampInfo getLampMode getMessageWaitingIndicator getMicrophoneGain getMicrophoneMute "
                             "getRingerStatus getSpeakerMute getSpeakerVolume"),
    "PhysDevEvtsList": lists("buttonInformation buttonPress displayUpdated hookswitch lampMode messageWaiting "
                             "microphoneGain microphoneMute ringerStatus speakerMute speakerVolume"),
    "LogicalServList": lists("callBackNonCallRel callBackMsgNonCallRel cancelCallBack cancelCallBackMsg getAgentState "
                             "getAutoAnswer getAutoWorkMode getCallerIDStatus getDoNotDisturb getForwarding "
                             "getLastNumberDialed getRouteingMode setAgentState setAutoAnswer setAutoWorkMode "
                             "setCallerIDStatus setDoNotDisturb setForwarding setRouteingMode"),
    "LogicalEvtsList": lists("agentBusy agentLoggedOff agentLoggedOn agentNotReady agentReady agentWorkingAfterCall "
                             "autoAnswer autoWorkMode callBack callBackMessage callerIDStatus doNotDisturb forwarding "
                             "routeingMode"),
    "DeviceMaintEvtsList": lists("backInService deviceCapsChanged outOfService partiallyInService"),
}

TOKEN = re.compile(r"(\w+)(?::(\w+))?([!*]?)$")


class SchemaError(AssertionError):
    """A message is not what the schema allows."""


def parts_of(table):
    return [TOKEN.match(token).groups() for token in table.split()]


SEQUENCES = {name: parts_of(table) for tables in (EVENTS, RESPONSES, SESSION_MESSAGES, SERVER_REQUESTS, TYPES)
             for name, table in tables.items()}
CHOICE_PARTS = {name: {part: kind for part, kind, _ in parts_of(table)} for name, table in CHOICES.items()}


def split(tag):
    """(namespace, local name)"""
    return tuple(tag[1:].split("}", 1)) if tag.startswith("{") else ("", tag)


def local(element):
    return split(element.tag)[1]


def check_leaf(element, kind, path):
    text = element.text or ""
    if len(element):
        raise SchemaError(f"{path} has elements in it")
    if kind == "Empty" and text:
        raise SchemaError(f"{path} has the text {text!r} in it")
    if kind == "Int" and not re.fullmatch(r"-?\d+", text):
        raise SchemaError(f"{path} is no number: {text!r}")
    if kind == "Text64" and len(text) > 64:
        raise SchemaError(f"{path} is longer than 64 characters")
    if kind in ENUMERATIONS and text not in ENUMERATIONS[kind]:
        raise SchemaError(f"{path} is {text!r}, which no edition knows")


def check_sequence(element, kind, space, path):
    parts = SEQUENCES[kind]
    at = 0
    seen = set()
    for child in element:
        name = own_name(child, space, path)
        while at < len(parts) and parts[at][0] != name:
            at += 1
        if at == len(parts):
            known = any(part == name for part, _, _ in parts)
            raise SchemaError(f"{path}/{name} " + ("stands where it may not" if known else "is not in the schema"))
        check(child, parts[at][1], space, f"{path}/{name}")
        seen.add(name)
        if parts[at][2] != "*":
            at += 1
    for part, _, mark in parts:
        if mark == "!" and part not in seen:
            raise SchemaError(f"{path} lacks {part}")
    if kind == "Connection" and not seen:
        raise SchemaError(f"{path} names neither call nor device")


def own_name(child, space, path):
    child_space, name = split(child.tag)
    if child_space != space:
        raise SchemaError(f"{path}/{name} is in the namespace {child_space!r}, not its message's")
    return name


def check_choice(element, kind, space, path):
    if len(element) != 1:
        raise SchemaError(f"{path} has {len(element)} elements, not one")
    name = own_name(element[0], space, path)
    if name not in CHOICE_PARTS[kind]:
        raise SchemaError(f"{path}/{name} is none of {', '.join(CHOICE_PARTS[kind])}")
    check(element[0], CHOICE_PARTS[kind][name], space, f"{path}/{name}")


def check(element, kind, space, path):
    """`kind` None: anything goes (extensions, what we never send)."""
    if kind is None:
        return
    if kind in SEQUENCES or kind in CHOICE_PARTS:
        if (element.text or "").strip():
            raise SchemaError(f"{path} has the text {element.text!r} between its elements")
        (check_sequence if kind in SEQUENCES else check_choice)(element, kind, space, path)
    elif kind == "Capability":
        for child in element:
            check(child, "Bool", space, f"{path}/{own_name(child, space, path)}")
    else:
        check_leaf(element, kind, path)


def check_message(text, space=None):
    """The root element of a message from a switching function. Raises SchemaError; `space` is the edition asked for."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise SchemaError(f"no XML: {error}: {text[:200]!r}") from error
    root_space, name = split(root.tag)
    if name in SESSION_MESSAGES:
        if root_space != SESSION:
            raise SchemaError(f"{name} is in the namespace {root_space!r}")
    elif not CSTA.fullmatch(root_space):
        raise SchemaError(f"{name} is in the namespace {root_space!r}")
    elif space and root_space != space:
        raise SchemaError(f"{name} is in edition {root_space!r}, not {space!r}")
    known = name in EVENTS or name in RESPONSES or name in SESSION_MESSAGES or name in SERVER_REQUESTS
    if not known and name != "CSTAErrorCode":
        raise SchemaError(f"{name} is nothing that a switching function says here")
    check(root, name, root_space, name)
    return root
