package sandbox

import "encoding/xml"

// v2Metadata describes the entities and calls of the API, from which clients learn what they may
// ask for (odata.org/documentation/odata-version-2-0/atom-format; the names are those of
// nuget.org's V2FeedPackage).
const v2Metadata = xml.Header + `<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">` +
	`<edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">` +
	`<Schema Namespace="ProGet" xmlns="http://schemas.microsoft.com/ado/2006/04/edm">` +
	`<EntityType Name="V2FeedPackage" m:HasStream="true"><Key><PropertyRef Name="Id"/><PropertyRef Name="Version"/></Key>` +
	`<Property Name="Id" Type="Edm.String" Nullable="false"/><Property Name="Version" Type="Edm.String" Nullable="false"/>` +
	`<Property Name="NormalizedVersion" Type="Edm.String"/><Property Name="Authors" Type="Edm.String"/>` +
	`<Property Name="Description" Type="Edm.String"/><Property Name="Created" Type="Edm.DateTime" Nullable="false"/>` +
	`<Property Name="Published" Type="Edm.DateTime" Nullable="false"/><Property Name="Listed" Type="Edm.Boolean" Nullable="false"/>` +
	`<Property Name="PackageHash" Type="Edm.String"/><Property Name="PackageHashAlgorithm" Type="Edm.String"/>` +
	`<Property Name="PackageSize" Type="Edm.Int64" Nullable="false"/><Property Name="IsLatestVersion" Type="Edm.Boolean" Nullable="false"/>` +
	`<Property Name="IsAbsoluteLatestVersion" Type="Edm.Boolean" Nullable="false"/><Property Name="IsPrerelease" Type="Edm.Boolean" Nullable="false"/>` +
	`</EntityType><EntityContainer Name="FeedContext" m:IsDefaultEntityContainer="true">` +
	`<EntitySet Name="Packages" EntityType="ProGet.V2FeedPackage"/>` +
	`<FunctionImport Name="Search" EntitySet="Packages" ReturnType="Collection(ProGet.V2FeedPackage)" m:HttpMethod="GET">` +
	`<Parameter Name="searchTerm" Type="Edm.String" Mode="In"/><Parameter Name="targetFramework" Type="Edm.String" Mode="In"/>` +
	`<Parameter Name="includePrerelease" Type="Edm.Boolean" Mode="In"/></FunctionImport>` +
	`<FunctionImport Name="FindPackagesById" EntitySet="Packages" ReturnType="Collection(ProGet.V2FeedPackage)" m:HttpMethod="GET">` +
	`<Parameter Name="id" Type="Edm.String" Mode="In"/></FunctionImport>` +
	`</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>` + "\n"
